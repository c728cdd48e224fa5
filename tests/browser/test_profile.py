"""A dataset's profile, looked at: on its page with search and jump list, and small in the panel."""

import random
import shutil
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect
from real_files import real_file

from browser.lab import command, set_theme, shoot


@pytest.fixture(scope="module")
def lab(make_lab):
    return make_lab()


def write_orders(path):
    """Write orders of a shop: a key, mails, two numbers that go together, days left out."""
    chance = random.Random(7)
    lines = ["order_id,mail,country,ordered,paid,price_eur,weight,coupon,reason"]
    for number in range(600):
        day = date(2024, 1, 1) + timedelta(days=number // 3 + (9 if number > 300 else 0))
        price = round(chance.gauss(60, 20), 2)
        coupon = "" if number % 4 else f"C{number % 5}"
        lines.append(
            f"A{number:05},ada{number % 90}@example.org,"
            f"{['Norway', 'Sweden', 'norway'][number % 3]},"
            f"{day},{'true' if number % 7 else 'false'},{price},{price * 2 + number % 3:.2f},"
            f"{coupon},{'gift' if coupon else ''}"
        )
    path.write_text("\n".join(lines) + "\n")


def test_a_profile_is_drawn_on_the_page_and_in_the_panel(lab, open_page):
    write_orders(lab.root / "orders.csv")
    wide = lab.root / "wide.csv"
    wide.write_text(
        ",".join(f"sensor_{n}" for n in range(900)) + "\n"
        + "\n".join(",".join(str(n * row % 31) for n in range(900)) for row in range(30)) + "\n"
    )  # fmt: skip
    shutil.copy(real_file("penguins.csv"), lab.root)
    page = open_page(lab)
    command(page, "sponde:datasets:open")
    page.evaluate(
        """async () => {
            const base = JSON.parse(
                document.getElementById('jupyter-config-data').textContent).baseUrl;
            const token = new URLSearchParams(location.search).get('token') ?? '';
            for (const path of ['orders.csv', 'wide.csv', 'penguins.csv']) {
                await fetch(base + 'sponde/api/datasets', {
                    method: 'POST', body: JSON.stringify({path}), headers: {
                        'Content-Type': 'application/json',
                        'X-XSRFToken': (document.cookie.match(/_xsrf=([^;]+)/) ?? [])[1] ?? '',
                        ...(token && {Authorization: 'token ' + token})}});
            }
        }"""
    )
    orders = page.locator("#sponde-datasets [data-dataset='orders']")
    expect(orders).to_contain_text("600 rows")
    orders.locator(".sp-Dataset-toggle").click()
    expect(orders.get_by_role("button", name="mail")).to_contain_text("@")
    expect(orders.get_by_role("button", name="order_id")).to_contain_text("ID")

    orders.locator(".sp-Dataset-toggle").dblclick()
    page.get_by_role("tab", name="Profile").click()
    body = page.locator(".sp-Profile:visible")
    expect(body.locator(".sp-ProfileCard")).to_have_count(9)
    expect(body.locator(".sp-Profile-overview")).to_contain_text("Rows600")
    expect(body.get_by_role("region", name="What tells rows apart")).to_contain_text("order_id")
    expect(body.get_by_role("region", name="Numbers that go together")).to_contain_text("weight")
    expect(body.get_by_role("region", name="Empty in the same rows")).to_contain_text("coupon")
    expect(body.get_by_role("region", name="Dates left out")).to_contain_text("8 days in 1 gap")
    expect(body.get_by_role("region", name="Worth knowing")).to_contain_text("several ways")
    price = body.get_by_role("region", name="price_eur")
    expect(price).to_contain_text("Money")
    expect(price).to_contain_text("Nine of ten")
    expect(price.locator(".sp-Chart")).to_be_visible()
    shoot(page, "profile-page-light")
    set_theme(page, "JupyterLab Dark")
    shoot(page, "profile-page-dark")
    body.get_by_role("searchbox", name="Search columns").fill("money")
    expect(body.locator(".sp-ProfileCard")).to_have_count(1)
    page.set_viewport_size({"width": 700, "height": 900})
    shoot(page, "profile-page-narrow")
    page.set_viewport_size({"width": 1400, "height": 900})

    # A wide file: search among its columns, and jump to one.
    set_theme(page, "JupyterLab Light")
    page.locator("#sponde-datasets [data-dataset='wide'] .sp-Dataset-toggle").dblclick()
    page.get_by_role("tab", name="Profile").and_(page.locator(":visible")).click()
    body = page.locator(".sp-Profile:visible")
    expect(body.get_by_role("navigation")).to_contain_text("900 columns")
    expect(body.locator(".sp-ProfileCard")).to_have_count(40)
    body.get_by_role("navigation").get_by_role("button", name="sensor_250").click()
    expect(body.get_by_role("region", name="sensor_250")).to_be_focused()
    shoot(page, "profile-page-wide")
    body.get_by_role("searchbox", name="Search columns").fill("899")
    expect(body.locator(".sp-ProfileCard")).to_have_count(1)

    # A real one: what 344 penguins have in common.
    page.locator("#sponde-datasets [data-dataset='penguins'] .sp-Dataset-toggle").dblclick()
    page.get_by_role("tab", name="Profile").and_(page.locator(":visible")).click()
    body = page.locator(".sp-Profile:visible")
    together = body.get_by_role("region", name="Numbers that go together")
    expect(together).to_contain_text("flipper_length_mm · body_mass_g")
    expect(together).to_contain_text("0.87")
    expect(body.get_by_role("region", name="Worth knowing")).to_contain_text("'NA'")
    expect(body.get_by_role("region", name="Empty in the same rows")).to_contain_text("body_mass_g")
    expect(body.get_by_role("region", name="species")).to_contain_text("Adelie")
    shoot(page, "profile-page-real")
