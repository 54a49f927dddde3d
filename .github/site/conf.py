"""Sphinx's settings for the book (see build.sh). Owner and name of the repository come from the environment alone."""

import os
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "build" / "site"
sys.path.insert(0, str(HERE))

project = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
author = "the authors"
language = "en"
extensions = ["myst_nb", "sphinx_copybutton", "sphinx.ext.githubpages", "book"]

# --- reading

root_doc = "index"
nb_execution_mode = "off"  # outputs are stored, and the course's tests compare them
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath", "attrs_block"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
suppress_warnings = []

# --- pages

html_theme = "sphinx_book_theme"
html_title = project
html_short_title = project
html_static_path = ["_static", str(WORK / "static")]
html_css_files = ["book.css"]
html_js_files = [("book.js", {"defer": "defer"})]
html_favicon = "_static/favicon.svg"
html_use_index = False
html_show_sphinx = False
html_copy_source = True
html_baseurl = os.environ.get("SITE_URL", "")
html_context = {"default_mode": "auto"}
html_math_renderer = "mathjax"
mathjax_path = "mathjax/tex-chtml.js"  # build.sh lays it into html_static_path
mathjax3_config = {
    "options": {"enableMenu": False},  # with the menu, every formula is a stop of the Tab key
    "chtml": {"matchFontHeight": False, "scale": 1.08},
}
copybutton_selector = "div.cell_input div.highlight pre, div.highlight-bash pre, div.highlight-powershell pre"
html_theme_options = {
    "navbar_persistent": [],
    "use_download_button": True,
    "use_fullscreen_button": False,
    "show_navbar_depth": 1,
    "show_toc_level": 1,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_content_items": ["extra-footer.html"],
    "extra_footer": "",
}
if repository := os.environ.get("GITHUB_REPOSITORY"):
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
    html_theme_options |= {"repository_url": f"{server}/{repository}", "use_repository_button": True}

# --- ePub, which has neither JavaScript nor the theme

epub_show_urls = "no"
epub_title = project
epub_author = epub_publisher = author
epub_copyright = "BSD 3-Clause and CC BY 4.0, see Licence"
version = release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
epub_basename = "neural-networks-from-first-principles"
epub_use_index = False
epub_exclude_files = [".nojekyll"]
if tags.has("epub_only"):  # noqa: F821 (Sphinx puts it here)
    html_static_path, html_js_files, html_css_files, html_favicon = ["epub"], [], [], None
    extensions.remove("sphinx_copybutton")
    html_math_renderer = "mathml"
    epub_css_files = ["epub.css"]
