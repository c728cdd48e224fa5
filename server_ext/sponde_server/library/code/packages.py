"""The distribution that each import comes from: `sklearn` is installed as scikit-learn.

Knows what is installed beside the server, and a short table of what people import most. A name
that neither knows has no distribution here: a guess could name someone else's package.
"""

import re
import sys
from collections.abc import Iterable
from functools import cache

# Where the import is called otherwise than what is installed.
_OTHERWISE = {
    "sklearn": "scikit-learn", "cv2": "opencv-python", "PIL": "Pillow", "yaml": "PyYAML",
    "bs4": "beautifulsoup4", "dateutil": "python-dateutil", "skimage": "scikit-image",
    "dotenv": "python-dotenv", "docx": "python-docx", "pptx": "python-pptx", "git": "GitPython",
    "jwt": "PyJWT", "fitz": "PyMuPDF", "psycopg2": "psycopg2-binary", "MySQLdb": "mysqlclient",
    "umap": "umap-learn", "imblearn": "imbalanced-learn", "sentence_transformers":
    "sentence-transformers", "mpl_toolkits": "matplotlib", "pylab": "matplotlib",
    "community": "python-louvain", "slugify": "python-slugify", "Levenshtein": "Levenshtein",
    "magic": "python-magic", "serial": "pyserial", "zmq": "pyzmq", "OpenSSL": "pyOpenSSL",
    "Crypto": "pycryptodome", "attr": "attrs", "attrs": "attrs", "pkg_resources": "setuptools",
    "ruamel": "ruamel.yaml", "markdown": "Markdown", "jinja2": "Jinja2", "flask": "Flask",
    "sqlalchemy": "SQLAlchemy", "pygments": "Pygments", "IPython": "ipython", "sponde": "sponde",
    "faiss": "faiss-cpu", "tensorflow_hub": "tensorflow-hub", "tensorflow_datasets":
    "tensorflow-datasets", "pytorch_lightning": "pytorch-lightning", "haversine": "haversine",
    "category_encoders": "category-encoders", "pandas_profiling": "ydata-profiling",
    "ydata_profiling": "ydata-profiling", "great_expectations": "great-expectations",
    "xlsxwriter": "XlsxWriter", "telegram": "python-telegram-bot", "websocket":
    "websocket-client", "usaddress": "usaddress", "shapefile": "pyshp", "wx": "wxPython",
}  # fmt: skip
# Where it is called the same.
_ALIKE = frozenset(
    re.findall(
        r"\w+",
        """
        numpy pandas polars scipy matplotlib seaborn plotly bokeh altair statsmodels requests
        httpx aiohttp duckdb pyarrow openpyxl xlrd lightgbm xgboost catboost torch torchvision
        torchaudio tensorflow keras jax transformers datasets tokenizers accelerate peft openai
        anthropic tiktoken networkx sympy nltk spacy gensim geopandas shapely fiona rasterio
        folium dask distributed ray joblib numba cython tqdm rich click typer pydantic fastapi
        uvicorn starlette django streamlit gradio dash panel holoviews ipywidgets papermill
        nbformat nbconvert pytest hypothesis lxml html5lib scrapy selenium playwright boto3 s3fs
        fsspec pymongo redis psycopg pymysql pyspark prophet lifelines shap optuna mlflow wandb
        missingno wordcloud textblob tabulate pendulum arrow pytz tzlocal faker h5py zarr xarray
        netCDF4 cartopy astropy librosa soundfile pydub imageio tables ibis modin vaex cvxpy pulp
        simpy pymc arviz emcee sqlglot toolz cytoolz more_itertools attrs cattrs msgspec orjson
        ujson toml tomli regex chardet charset_normalizer rapidfuzz unidecode emoji langdetect
        pycountry holidays yfinance
        """,
    )
)


def packages_of(imports: Iterable[str]) -> tuple[str, ...]:
    """Name the distributions of these imports, each once; those of Python itself have none."""
    found = (distribution_of(name) for name in imports)
    return tuple(dict.fromkeys(name for name in found if name))


def distribution_of(name: str) -> str:
    """Name what is installed for `import name`; empty for Python's own and where nobody knows."""
    top = name.split(".")[0]
    if not top or top in sys.stdlib_module_names:
        return ""
    if top in _OTHERWISE:
        return _OTHERWISE[top]
    if top in _ALIKE:
        return top.replace("_", "-")
    return _installed().get(top, "")


@cache
def _installed() -> dict[str, str]:
    """Say which distribution brings each module that is installed; a shared one has no owner."""
    from importlib.metadata import packages_distributions

    owners: dict[str, str] = {}
    for module, names in packages_distributions().items():
        if len(set(names)) == 1:
            owners[module] = names[0]
    return owners
