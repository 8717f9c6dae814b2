'use strict';
// Copies the command beside a button; without the clipboard's consent the text is selected instead.
for (const block of document.querySelectorAll('.cmd')) {
  const button = document.createElement('button');
  const command = block.querySelector('code');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = 'Copy';
  button.setAttribute('aria-label', 'Copy: ' + command.textContent);
  const said = (word) => {
    button.textContent = word;
    setTimeout(() => { button.textContent = 'Copy'; }, 1600);
  };
  const select = () => {
    getSelection().selectAllChildren(command);
    said(document.execCommand('copy') ? 'Copied' : 'Selected');
  };
  button.addEventListener('click', () => {
    if (!navigator.clipboard) return select();
    navigator.clipboard.writeText(command.textContent).then(() => said('Copied'), select);
  });
  block.append(button);
}
// Shows the findings of one component.
const filter = document.querySelector('.filter');
if (filter) {
  const parts = document.querySelectorAll('[data-component]');
  const buttons = filter.querySelectorAll('button');
  filter.hidden = false;
  filter.addEventListener('click', (event) => {
    const chosen = event.target.closest('button');
    if (!chosen) return;
    let shown = 0;
    for (const part of parts) {
      part.hidden = chosen.dataset.show !== '' && part.dataset.component !== chosen.dataset.show;
      shown += part.hidden ? 0 : 1;
    }
    for (const button of buttons) button.setAttribute('aria-pressed', String(button === chosen));
    filter.querySelector('[data-status]').textContent = shown + ' of ' + parts.length + ' shown';
  });
}
