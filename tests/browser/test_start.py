def test_jupyterlab_opens_with_the_workbench_in_it(make_lab, open_page):
    lab = make_lab()
    page = open_page(lab)
    assert "sponde-lab:api" in page.evaluate("window.jupyterapp.listPlugins()")
    assert "token=" not in page.url
