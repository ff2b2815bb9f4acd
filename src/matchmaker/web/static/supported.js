// Runs before the first paint, so that nothing moves when the module has loaded.
document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
