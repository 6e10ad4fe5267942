/* Passkeys in the office: sign in, step up, enrol. Every page works with a password without it. */
document.querySelector("form[data-go-on]")?.requestSubmit();
