// The editor of rules: on top of a page that works without it. Bundled by tools/setup into assets/vendor.
// Each field becomes an editor in a shadow root of its own, so that its style sheets need no exception of the page's policy.
import { autocompletion, closeBrackets, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const PAUSE = 250;
const LONG_PAUSE = 2500;

const form = document.querySelector("[data-rule-editor]");
if (form) begin();

function begin() {
  const words = JSON.parse(form.dataset.words);
  const base = form.dataset.base;
  const token = form.querySelector("[name=_csrf_token]").value;
  const revision = form.querySelector("[name=revision]");
  const said = form.querySelector("[data-said]");
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);
  const make = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const ask = async (path, what) => {
    const answer = await fetch(base + path, {
      method: "POST",
      headers: { "content-type": "application/json", "x-csrftoken": token },
      body: JSON.stringify(what),
    });
    if (!answer.ok || answer.redirected) {
      const told = await answer.json().catch(() => ({}));
      throw Object.assign(new Error(String(answer.status)), { status: answer.status, says: told.says });
    }
    return answer.json();
  };

  // ---- one editor for each file ----
  const highlight = HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "#0b4da2", fontWeight: "600" },
    { tag: tags.string, color: "#115a36" },
    { tag: [tags.number, tags.bool, tags.null], color: "#8a3200" },
    { tag: tags.comment, color: "#5c5c5c", fontStyle: "italic" },
  ]);
  const look = EditorView.theme({
    "&": { border: "1px solid #767676", borderRadius: "8px", backgroundColor: "#fff", fontSize: "0.9375rem" },
    "&.cm-focused": { outline: "4px solid #000", outlineOffset: "2px" },
    ".cm-scroller": { fontFamily: "'Noto Sans Mono CJK JP', 'BIZ UDGothic', ui-monospace, monospace", lineHeight: "1.6", maxHeight: "70vh", minHeight: "18rem" },
    ".cm-gutters": { color: "#4d4d4d", backgroundColor: "#f5f6f8" },
    ".cm-tooltip": { maxWidth: "min(36rem, 90vw)", padding: ".375rem .5rem", fontSize: ".9375rem" },
    ".cm-diagnostic-error": { borderLeftColor: "#b3001b" },
    ".cm-completionDetail": { fontStyle: "normal", color: "#4d4d4d" },
  });
  const before = (state, from) => state.doc.sliceString(0, from);
  const complete = async (context) => {
    const word = context.matchBefore(/[\w-]*/);
    if (!context.explicit && !word.text && !/[:[{,-] $|[[{]$/.test(context.state.doc.lineAt(context.pos).text.slice(0, context.pos - context.state.doc.lineAt(context.pos).from))) return null;
    try {
      const found = await ask("/complete", { before: before(context.state, word.from) });
      if (context.aborted || !found.options.length) return null;
      const follows = context.state.doc.sliceString(context.pos, context.pos + 1) === ":";
      return {
        from: word.from,
        validFor: /^[\w-]*$/,
        options: found.options.map((one) => ({
          label: one.label,
          detail: one.detail + (one.required ? ` ★${words.required}` : ""),
          type: one.is_key ? "property" : "enum",
          apply: one.is_key && !follows ? `${one.label}: ` : one.label,
          boost: one.required ? 1 : 0,
        })),
      };
    } catch { return null; }
  };
  const meaning = async (state, at) => {
    const line = state.doc.lineAt(at);
    let [from, to] = [at - line.from, at - line.from];
    while (from > 0 && /[\w-]/.test(line.text[from - 1])) from -= 1;
    while (to < line.length && /[\w-]/.test(line.text[to])) to += 1;
    if (from === to) return null;
    const told = await ask("/explain", { before: before(state, line.from + from), word: line.text.slice(from, to) });
    return told.key ? { told, from: line.from + from, to: line.from + to } : null;
  };
  const describe = (told) => {
    const box = make("div");
    box.append(make("p", `${told.name} (${told.key})`, "strong"), make("p", told.where));
    if (told.help) box.append(make("p", told.help));
    if (told.kinds) box.append(make("p", `${words.kinds}${told.kinds}`));
    if (told.allowed.length) box.append(make("p", `${words.allowed}${told.allowed.join(" / ")}`));
    if (told.about) {
      const about = make("p", told.about);
      about.lang = "en";
      box.append(make("p", words.about), about);
    }
    return box;
  };
  const hover = hoverTooltip(async (view, at) => {
    try {
      const found = await meaning(view.state, at);
      return found && { pos: found.from, end: found.to, above: true, create: () => ({ dom: describe(found.told) }) };
    } catch { return null; }
  });
  const tell = (view) => {
    const panel = document.querySelector("[data-meaning]");
    const text = panel.querySelector("[data-meaning-text]");
    meaning(view.state, view.state.selection.main.head).then((found) => {
      panel.hidden = false;
      text.replaceChildren(found ? describe(found.told) : make("p", words.nothing));
    }).catch(() => { said.textContent = words.offline; });
    return true;
  };

  const editors = new Map();
  form.querySelectorAll("[data-file-field]").forEach((field) => {
    const area = field.querySelector("textarea");
    const file = field.dataset.fileField;
    const host = make("div");
    const root = host.attachShadow({ mode: "open" });
    area.after(host);
    area.hidden = true;
    field.querySelector("label").hidden = true;
    const view = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: area.value,
        extensions: [
          lineNumbers(), foldGutter(), lintGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
          highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(), indentUnit.of("  "), yaml(),
          syntaxHighlighting(highlight), look, hover, autocompletion({ override: [complete], activateOnTypingDelay: 150 }),
          // Tab is not bound: it leaves the editor, as it leaves any field.
          keymap.of([{ key: "Mod-i", run: tell }, { key: "Mod-Space", run: startCompletion }, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap]),
          EditorView.lineWrapping,
          EditorState.readOnly.of(area.readOnly),
          EditorView.contentAttributes.of({ "aria-label": fill(words.label, { file }), spellcheck: "false", autocapitalize: "off", tabindex: "0" }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            area.value = update.state.doc.toString();
            changed();
          }),
        ],
      }),
    });
    editors.set(file, { view, area, field, saved: form.dataset.unsaved ? null : area.value });
  });
  form.querySelector("[data-keys]").hidden = false;

  // ---- one tab for each file ----
  const list = make("div", "", "editor-tabs");
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", words.files);
  const tabs = new Map();
  const show = (file) => {
    for (const [name, { field }] of editors) field.hidden = name !== file;
    for (const [name, tab] of tabs) {
      tab.setAttribute("aria-selected", String(name === file));
      tab.tabIndex = name === file ? 0 : -1;
    }
  };
  for (const [file, { field }] of editors) {
    const tab = make("button", file, "editor-tab");
    tab.type = "button";
    tab.setAttribute("role", "tab");
    tab.id = `tab-${file}`;
    tab.setAttribute("aria-controls", field.id);
    field.setAttribute("role", "tabpanel");
    field.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", () => show(file));
    tabs.set(file, tab);
    list.append(tab);
  }
  list.addEventListener("keydown", (event) => {
    const names = [...tabs.keys()];
    const now = names.findIndex((name) => tabs.get(name) === event.target);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || now < 0) return;
    const next = names[(now + step + names.length) % names.length];
    show(next);
    tabs.get(next).focus();
  });
  form.querySelector("[data-tabs]").append(list);
  const goTo = (file, line) => {
    const editor = editors.get(file);
    if (!editor) return;
    show(file);
    const at = editor.view.state.doc.line(Math.min(Math.max(line || 1, 1), editor.view.state.doc.lines));
    editor.view.dispatch({ selection: { anchor: at.from }, effects: EditorView.scrollIntoView(at.from, { y: "center" }) });
    editor.view.focus();
  };
  show(editors.has(form.dataset.file) ? form.dataset.file : editors.keys().next().value);
  if (form.dataset.line) goTo(form.dataset.file, Number(form.dataset.line));
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-goto]");
    if (!link) return;
    event.preventDefault();
    const [file, line] = link.dataset.goto.split(":");
    goTo(file, Number(line));
  });

  // ---- the server's own check, as one types ----
  const texts = () => Object.fromEntries([...editors].map(([file, { view }]) => [file, view.state.doc.toString()]));
  let asked = 0;
  const check = async (examples) => {
    const mine = ++asked;
    let found;
    try {
      found = await ask("/check", { files: texts(), examples });
    } catch (error) {
      if (mine === asked) said.textContent = error.says ? error.says : error.status === 413 ? words.too_large : error.status ? words.refused : words.offline;
      return;
    }
    if (mine !== asked) return;
    mark(found);
    if (found.examples) showExamples(found.examples);
  };
  const mark = (found) => {
    for (const [file, { view }] of editors) {
      const own = found.faults.filter((fault) => fault.file === file);
      tabs.get(file).textContent = own.length ? `${file} (${own.length})` : file;
      view.dispatch(setDiagnostics(view.state, own.map((fault) => {
        const line = view.state.doc.line(Math.min(fault.line, view.state.doc.lines));
        const from = Math.min(line.from + fault.column - 1, line.to);
        const word = /^[^\s,:\]}]+/.exec(line.text.slice(from - line.from));
        return { from, to: Math.max(from, Math.min(line.to, from + (word ? word[0].length : 1))), severity: fault.level, message: `${fault.says}\n${fault.mends}` };
      })));
    }
    const count = document.querySelector("[data-fault-count]");
    count.textContent = found.faults.length ? fill(words.count, found) : words.none;
    const shown = make("ol", "", "faults stack-small");
    for (const fault of found.faults) {
      const item = make("li");
      const head = make("p");
      const link = make("a", fill(words.line, fault));
      link.href = `${base}/edit?file=${encodeURIComponent(fault.file)}&line=${fault.line}`;
      link.dataset.goto = `${fault.file}:${fault.line}`;
      head.append(make("span", words[fault.level], `tag ${fault.level === "error" ? "tag-bad" : "tag-warn"}`), " ", link);
      item.append(head, make("p", fault.says, "strong"), make("p", fault.mends));
      if (fault.where) item.append(make("p", fault.where, "small soft"));
      shown.append(item);
    }
    document.querySelector("[data-faults]").replaceChildren(...(found.faults.length ? [shown] : []));
  };
  const showExamples = (outcomes) => {
    const told = (some) => {
      const shown = make("ul", "", "examples stack-small");
      for (const one of some) {
        const item = make("li");
        const head = make("p");
        const link = make("a", fill(words.line, one), "small");
        link.href = `${base}/edit?file=${encodeURIComponent(one.file)}&line=${one.line}`;
        link.dataset.goto = `${one.file}:${one.line}`;
        head.append(make("span", one.passed ? words.passed : words.failed, `tag ${one.passed ? "tag-good" : "tag-bad"}`), ` ${one.name} `, link);
        item.append(head);
        for (const each of one.differences) item.append(make("p", fill(words.expected, each)));
        if (one.why) item.append(make("p", one.why, "small"));
        shown.append(item);
      }
      return shown;
    };
    if (!outcomes.length) return;
    const failed = outcomes.filter((one) => !one.passed);
    const passed = outcomes.filter((one) => one.passed);
    const rest = make("details");
    rest.append(make("summary", fill(words.all_passed, { count: passed.length })), told(passed));
    document.querySelector("[data-examples]").replaceChildren(
      make("p", fill(words.examples, { count: outcomes.length, failed: failed.length }), "strong"),
      ...(failed.length ? [told(failed)] : []), ...(passed.length ? [rest] : []),
    );
  };

  // ---- what is typed stays in this browser until it is saved ----
  const key = form.dataset.key;
  const store = {
    read: () => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    write: (value) => { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
    drop: () => { try { localStorage.removeItem(key); } catch { /* nothing was kept there */ } },
  };
  const isUnsaved = () => [...editors.values()].some(({ view, saved }) => view.state.doc.toString() !== saved);
  let waiting, waitingLong, settled = false;
  function changed() {
    clearTimeout(waiting);
    clearTimeout(waitingLong);
    waiting = setTimeout(() => check(false), PAUSE);
    waitingLong = setTimeout(() => check(true), LONG_PAUSE);
    if (!settled) return;
    if (isUnsaved()) {
      if (store.write({ revision: revision.value, at: new Date().toISOString(), files: texts() })) said.textContent = words.unsaved;
    } else store.drop();
  }
  const kept = store.read();
  const differs = kept && Object.entries(kept.files).some(([file, text]) => editors.has(file) && editors.get(file).area.value !== text);
  if (differs) {
    settled = false;
    const box = form.querySelector("[data-restore]");
    box.hidden = false;
    box.querySelector("[data-restore-text]").textContent = fill(words.kept, { when: new Date(kept.at).toLocaleString(document.documentElement.lang) });
    const end = () => { box.hidden = true; settled = true; };
    box.querySelector("[data-restore-take]").addEventListener("click", () => {
      end();
      for (const [file, text] of Object.entries(kept.files)) {
        const editor = editors.get(file);
        if (editor) editor.view.dispatch({ changes: { from: 0, to: editor.view.state.doc.length, insert: text } });
      }
    });
    box.querySelector("[data-restore-drop]").addEventListener("click", () => { end(); store.drop(); });
  } else {
    settled = true;
    if (form.dataset.unsaved) store.write({ revision: revision.value, at: new Date().toISOString(), files: texts() }); else store.drop();
  }

  // ---- saving without leaving the page; what cannot be saved so goes the page's own way ----
  form.addEventListener("submit", async (event) => {
    if (/^(keep|add:|rename:|remove:)/.test(event.submitter?.value ?? "")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.submitter?.value === "check") { clearTimeout(waitingLong); said.textContent = words.checking; await check(true); if (said.textContent === words.checking) said.textContent = ""; return; }
    const sent = new FormData(form);
    const typed = texts();
    sent.set("act", "save");
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body: sent, headers: { accept: "application/json" } });
    } catch { said.textContent = words.offline; return; }
    if (answer.ok && !answer.redirected) {
      const told = await answer.json();
      revision.value = told.revision;
      for (const [file, editor] of editors) editor.saved = typed[file];
      said.textContent = told.says;
      if (isUnsaved()) changed(); else store.drop();
      return;
    }
    if (answer.status === 413) { said.textContent = words.too_large; return; }
    const act = make("input");
    act.type = "hidden"; act.name = "act"; act.value = "save";
    form.append(act);
    form.submit();
  }, true);
  check(false);
}
