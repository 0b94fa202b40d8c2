"""A window of Chromium on a JupyterLab, used as a person does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_lab import Lab

if TYPE_CHECKING:  # it need not be installed
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import Browser, Locator, Page

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
LONG = 180  # seconds: a notebook, on a machine that is busy with other tests
SHORT = 30  # seconds: anything else that happens in the page
WIDTH, HEIGHT = 1200, 400  # low while cells run: painting takes longer than running them
CONTRAST = "color-contrast"  # a rule of axe-core's
OUTPUTS = ".jp-OutputArea-output"
BOARDS = f"{OUTPUTS} img[src^='data:image/svg+xml'], {OUTPUTS} svg[role=img]"


@dataclass(frozen=True)
class Painted:
    """A picture on the screen: its size, its number of colours, the commonest one and its part."""

    width: float
    height: float
    colours: int
    blank: float
    ground: str


class Desk:
    """One window on a JupyterLab, with one notebook in it."""

    def __init__(self, browser: Browser, lab: Lab) -> None:
        self.lab = lab
        self.elsewhere: list[str] = []
        """What was asked for, by anything in the page, from anywhere but this JupyterLab."""
        context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        context.set_default_timeout(SHORT * 1000)
        context.on("request", lambda request: self._note(request.url))
        self._paper = context.new_page()  # to look at something apart from JupyterLab
        self.page = context.new_page()
        self._chromium = context.new_cdp_session(self.page)
        self.page.on("websocket", lambda socket: self._note(socket.url))
        self.page.goto(lab.address)
        self.until("() => window.jupyterapp")
        self.do("async () => { await jupyterapp.restored; }")
        self.command("application:toggle-left-area")

    def open(self, notebook: str, with_its_kernel: bool = False) -> None:
        """Open this notebook, and end the one before; or hand on its kernel, to be restarted."""
        self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        kernel = self.do(
            """async hand_on => {
                let kernel = null;
                for (const widget of [...jupyterapp.shell.widgets('main')]) {
                    kernel = hand_on && widget.sessionContext?.session?.kernel?.id || null;
                    if (!kernel) await widget.sessionContext?.shutdown();
                    widget.dispose();
                }
                return kernel && {id: kernel};
            }""",
            with_its_kernel,
        )
        path = f"notebooks/{notebook}"
        self.command("docmanager:open", path=path, **({"kernel": kernel} if kernel else {}))
        self.until("path => jupyterapp.shell.currentWidget?.context?.path === path", path)
        self.do(
            """async () => {
                const notebook = jupyterapp.shell.currentWidget;
                await notebook.context.ready;
                await notebook.sessionContext.ready;
                await notebook.sessionContext.session.kernel.info;
            }"""
        )

    def restart_and_run_all(self) -> None:
        """Restart Kernel and Run All Cells, until the last has run or one fails that should not."""
        self.command("notebook:clear-all-cell-outputs")
        # Its promise is broken early by a cell that is meant to fail, so nothing waits for it.
        self.do("() => { jupyterapp.commands.execute('notebook:restart-run-all').catch(() => {}) }")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.until(
            """() => {
                const notebook = jupyterapp.shell.currentWidget;
                const cells = notebook.content.widgets.map(cell => cell.model);
                const code = cells.filter(cell => cell.type === 'code');
                const fails = ({outputs}) => [...Array(outputs.length).keys()]
                    .some(n => outputs.get(n).type === 'error');
                const failed = code.some(cell => fails(cell) &&
                    !(cell.getMetadata('tags') ?? []).includes('raises-exception'));
                const idle = notebook.sessionContext.session?.kernel?.status === 'idle' &&
                    code.every(cell => cell.executionState === 'idle');
                return idle && (failed || code.every(cell => cell.executionCount));
            }""",
            limit=LONG,
        )

    def select_cell(self, index: int) -> None:
        """Make this the active cell; keys go to it. The index counts Markdown cells too."""
        self.do(
            """async index => {
                const {content} = jupyterapp.shell.currentWidget;
                content.activeCellIndex = index;
                content.mode = 'command';
                await content.scrollToItem(index);
                content.activate();
            }""",
            index,
        )

    def run_cell(self, index: int) -> Locator:
        """Run this cell with Shift+Enter, and give its outputs."""
        self.select_cell(index)
        self.page.keyboard.press("Shift+Enter")
        self.until(
            """index => {
                const {model} = jupyterapp.shell.currentWidget.content.widgets[index];
                return model.executionCount && model.executionState === 'idle';
            }""",
            index,
        )
        return self.outputs(index)

    def outputs(self, index: int) -> Locator:
        """What this cell has given."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index).locator(OUTPUTS)

    def save(self) -> list[dict[str, Any]]:
        """Save the notebook, and give the code cells of its file."""
        self.command("docmanager:save")
        return self.lab.saved(self.do("() => jupyterapp.shell.currentWidget.context.path"))

    @property
    def theme(self) -> str:
        """The theme "light" or "dark"."""
        name = self.do("() => document.body.dataset.jpThemeName")
        return next(theme for theme, its_name in THEMES.items() if its_name == name)

    def change_theme(self, theme: str) -> None:
        """Change to the theme "light" or "dark"."""
        name = THEMES[theme]
        if self.theme == theme:
            return
        self.command("apputils:change-theme", theme=name)
        # It lays its splash screen over everything meanwhile.
        self.until(
            """name => document.body.dataset.jpThemeName === name
                && !document.getElementById('jupyterlab-splash')""",
            name,
        )

    def unroll(self) -> None:
        """Make the window as high as the notebook is long, so that all of it is painted."""
        seen = 0
        while (long := self.do(_LENGTH)) > seen:  # what is painted late makes it longer
            self.page.set_viewport_size({"width": WIDTH, "height": long + 200})
            seen = long

    def take_picture(self, file: Path) -> None:
        """Leave a picture of all that is in the window. Pieces of it would take twice the time."""
        self.page.screenshot(type="jpeg", path=file, quality=90)

    def boards(self) -> list[Painted]:
        """How each board of the notebook is painted."""
        return [self._painted(board) for board in self.page.locator(BOARDS).all()]

    def _painted(self, board: Locator) -> Painted:
        box = board.bounding_box()
        colours, blank, ground = self._paper.evaluate(
            """async picture => {
                const image = new Image();
                image.src = `data:image/png;base64,${picture}`;
                await image.decode();
                const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
                context.drawImage(image, 0, 0);
                const {data} = context.getImageData(0, 0, image.width, image.height);
                const seen = new Map();
                for (const colour of new Uint32Array(data.buffer))
                    seen.set(colour, (seen.get(colour) ?? 0) + 1);
                const [[colour, count]] = [...seen].sort(([, one], [, other]) => other - one);
                const [red, green, blue] = new Uint8Array(Uint32Array.of(colour).buffer);
                const ground = (red << 16 | green << 8 | blue).toString(16).padStart(6, '0');
                return [seen.size, count / (image.width * image.height), `#${ground}`];
            }""",
            # Playwright's own screenshot packs the picture as small as it can, which takes longer.
            self._chromium.send(
                "Page.captureScreenshot",
                {"format": "png", "optimizeForSpeed": True, "clip": {**box, "scale": 1}},
            )["data"],
        )
        return Painted(box["width"], box["height"], colours, blank, ground)

    def barriers(self, of_colour_alone: bool = False) -> list[str]:
        """What axe-core finds in our outputs that keeps people from reading or using them.

        `of_colour_alone` is for a second theme, which changes nothing else.
        """
        # The body of JupyterLab's page is 0 high and hides what is outside: to axe-core, all.
        self.do("() => { document.body.style.height = '100vh'; }")
        self.do(_MARK_WHAT_IS_JUPYTERLABS)
        where = {"include": [[OUTPUTS]], "exclude": [["[data-jupyterlabs]"]]}
        options: dict[str, Any] = {"resultTypes": ["violations"]}  # of others, one is enough
        if of_colour_alone:
            options["runOnly"] = [CONTRAST]
        self.do(_TAKE_INPUTS_OUT)
        found = _axe(self.page).run(self.page, where, options).response
        self.do("() => window.putInputsBack()")
        looked = {rule["id"] for rule in (*found["passes"], *found["violations"])}
        assert CONTRAST in looked, "axe-core has looked at no text"
        lines = _serious(found)
        # A page of the app is in a frame without scripts, where axe-core cannot run.
        frames = f"() => [...document.querySelectorAll('{OUTPUTS} iframe')].map(f => f.srcdoc)"
        for page in () if of_colour_alone else self.do(frames):  # they know no theme
            self._paper.set_content(page)
            lines += _serious(_axe(self._paper).run(self._paper).response)
        return lines

    def do(self, script: str, argument: Any = None) -> Any:
        """Call a function in the page; one that does not end is given up."""
        return self.page.evaluate(
            f"""argument => Promise.race([
                ({script})(argument),
                new Promise((_, fail) => setTimeout(fail, {SHORT * 1000}, Error('no end'))),
            ])""",
            argument,
        )

    def command(self, name: str, **arguments: Any) -> None:
        """Carry out a command of JupyterLab's."""
        self.do(
            "async ([name, given]) => { await jupyterapp.commands.execute(name, given); }",
            [name, arguments],
        )

    def until(self, condition: str, argument: Any = None, limit: float = SHORT) -> None:
        """Wait until a function in the page gives something true."""
        self.page.wait_for_function(
            condition,
            arg=argument,
            timeout=limit * 1000,
            polling=100,  # ms, not at every frame
        )

    def _note(self, address: str) -> None:
        ours = (self.lab.origin, self.lab.origin.replace("http", "ws", 1), "data:", "blob:")
        if not address.startswith(ours):
            self.elsewhere.append(address)


_LENGTH = """async () => {
    await Promise.all([...document.images].map(image => image.decode().catch(() => {})));
    // Without the empty room below the last cell: it grows with the window.
    const cells = jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.node);
    return Math.ceil(cells.at(-1).getBoundingClientRect().bottom -
        cells[0].getBoundingClientRect().top);
}"""

_TAKE_INPUTS_OUT = """() => {
    // axe-core goes through the whole page, whatever it is to look at.
    const places = [...document.querySelectorAll('.jp-Cell-inputWrapper, .jp-MarkdownOutput')]
        .map(input => [input, input.parentNode, input.nextSibling]);
    for (const [input] of places) input.remove();
    window.putInputsBack = () => {
        for (const [input, parent, next] of places.reverse()) parent.insertBefore(input, next);
    };
}"""

_MARK_WHAT_IS_JUPYTERLABS = f"""() => {{
    // The colour that its theme gives to comments, in code cells too (dark: 4.2 to 1, not 4.5)
    const probe = document.body.appendChild(document.createElement('span'));
    probe.style.color = 'var(--jp-mirror-editor-comment-color)';
    const comments = getComputedStyle(probe).color;
    probe.remove();
    for (const token of document.querySelectorAll('{OUTPUTS} pre > code span'))
        token.toggleAttribute('data-jupyterlabs', getComputedStyle(token).color === comments);
    // The links that it makes of addresses in what a command prints, without a line below
    for (const link of document.querySelectorAll('{OUTPUTS}.jp-RenderedText pre a'))
        link.toggleAttribute('data-jupyterlabs', true);
}}"""


def _axe(page: Page) -> Axe:
    """axe-core, which is put into a page once."""
    from axe_playwright_python.sync_playwright import Axe

    return Axe("") if page.evaluate("() => 'axe' in window") else Axe()


def _serious(found: dict[str, Any]) -> list[str]:
    return [
        f"{rule['impact']} {rule['id']}: {node['target'][-1]}\n{node['html']}\n"
        f"{node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
