// Small helps on top of pages that already work: nothing here is needed to book.
(() => {
  "use strict";

  // A form or a button that asks "are you sure?" in a dialogue; without scripts the page before it has already asked.
  // Where something required is missing nobody is asked: it is sent as it is, and the answer says what is missing.
  const confirmBox = document.querySelector("#confirm-dialog");
  const lacks = (form) => [...form.elements].some((one) => one.validity?.valueMissing);
  let asked = null;
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    const question = submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!question || form.dataset.confirmed || !confirmBox?.showModal) return;
    if (!submitter?.formNoValidate && lacks(form)) return;
    event.preventDefault();
    confirmBox.querySelector("[data-confirm-text]").textContent = question;
    asked = { form, submitter };
    confirmBox.showModal();
  });
  // After "yes" it stays until the next page comes: a second tap would meet what lies beneath, and untick a consent.
  confirmBox?.addEventListener("submit", (event) => {
    if (event.submitter?.value !== "yes") return;
    event.preventDefault();
    if (asked.form.dataset.confirmed) return;
    asked.form.dataset.confirmed = "yes";
    asked.form.requestSubmit(asked.submitter ?? undefined);
  });

  // A form is sent once: a second tap on a slow line does nothing. Coming back by the browser frees it again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll("form[data-confirmed]").forEach((form) => delete form.dataset.confirmed);
    if (confirmBox?.open) confirmBox.close();
  });

  // How many slots are ticked, said aloud.
  const counter = document.querySelector("[data-slot-count]");
  if (counter) {
    const slots = counter.closest("form");
    const tell = () => {
      const ticked = slots.querySelectorAll("input[name=slot]:checked").length;
      counter.textContent = ticked ? counter.dataset.some.replace("{count}", ticked) : counter.dataset.none;
    };
    slots.addEventListener("change", tell);
    tell();
  }

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.parentElement.querySelector("[role=status]").textContent = button.dataset.copied;
    });
  });

  // The contents read aloud, where the browser can: begun by the button, stopped by it or by leaving the page.
  const reader = document.querySelector("[data-read-aloud]");
  if (reader && "speechSynthesis" in window && typeof SpeechSynthesisUtterance === "function") {
    const label = reader.querySelector("span");
    const show = (reading) => {
      label.textContent = reading ? reader.dataset.stop : reader.dataset.start;
      reader.setAttribute("aria-pressed", reading ? "true" : "false");
    };
    reader.closest("[data-read-aloud-item]").hidden = false;
    show(false);
    reader.addEventListener("click", () => {
      const reading = reader.getAttribute("aria-pressed") === "true";
      speechSynthesis.cancel();
      show(!reading);
      if (reading) return;
      // Browsers stop in the middle of long texts: one line at a time.
      const lines = document.querySelector("#main").innerText.split("\n").filter((line) => line.trim());
      lines.forEach((line, place) => {
        const said = new SpeechSynthesisUtterance(line);
        said.lang = document.documentElement.lang;
        if (place === lines.length - 1) said.addEventListener("end", () => show(false));
        speechSynthesis.speak(said);
      });
    });
    window.addEventListener("pagehide", () => speechSynthesis.cancel());
  }
  // A menu closes by Escape and by a click beside it.
  const closeMenus = (except) => document.querySelectorAll("details.tools[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.tools")));
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector("details.tools[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });

  // A password is shown while its button is pressed in.
  document.querySelectorAll("[data-reveal]").forEach((button) => {
    const input = document.getElementById(button.dataset.reveal);
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
      button.textContent = shown ? button.dataset.shown : button.dataset.hidden;
    });
  });
  // What htmx brings in is led to, so that it is read aloud; a form may be sent again.
  document.addEventListener("htmx:afterSettle", (event) => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    event.target.querySelector("[data-focus]")?.focus();
  });

  // Idle log-out: warned a minute before, extended by one button, told when it has happened.
  const idle = document.querySelector("#idle-dialog");
  if (!idle?.showModal) return;
  const seconds = Number(idle.dataset.idleSeconds);
  const warning = Math.min(60, Math.max(20, seconds / 2));
  const left = idle.querySelector("[data-idle-left]");
  let endsAt = Date.now() + seconds * 1000;
  // What was typed is sent: the server, where the session is over, keeps it for after the log-in.
  const over = () => {
    endsAt = Infinity;
    const typed = document.querySelector("form[data-keep]");
    if (typed) typed.submit(); else window.location.assign(idle.dataset.expired);
  };
  const extend = async () => {
    const answer = await fetch(idle.dataset.extend, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) { over(); return; }
    endsAt = keep();
  };
  idle.addEventListener("close", () => { if (idle.returnValue !== "kept") extend(); idle.returnValue = ""; });
  setInterval(() => {
    const remaining = Math.ceil((endsAt - Date.now()) / 1000);
    if (remaining <= -2) { over(); return; }
    if (remaining < 0) return;
    if (remaining > warning) return;
    if (!idle.open) idle.showModal();
    // Screen readers hear every tenth second only.
    if (remaining % 10 === 0 || !left.textContent) left.textContent = remaining;
  }, 1000);
})();
