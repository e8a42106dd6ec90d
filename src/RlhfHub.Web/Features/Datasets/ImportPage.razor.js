// Sends a chosen file to the site's API: files may have gigabytes, which is nothing for a circuit.
export function attach(root, page, address, texts) {
  const input = root.querySelector('input[type=file]');
  const line = root.querySelector('[data-progress]');

  const send = async file => {
    const antiforgery = await (await fetch('/api/v1/me/antiforgery')).json();
    const request = new XMLHttpRequest();
    request.open('POST', `${address}?fileName=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader(antiforgery.header, antiforgery.value);
    request.responseType = 'json';
    request.upload.onprogress = event => {
      if (event.lengthComputable) line.textContent = texts.sending.replace('{percent}', Math.floor((100 * event.loaded) / event.total));
    };
    request.onerror = () => (line.textContent = texts.failed);
    request.onload = () => {
      input.value = '';
      line.textContent = request.status < 300 ? '' : request.response?.detail ?? request.response?.title ?? texts.failed;
      if (request.status < 300) page.invokeMethodAsync('UploadedAsync', request.response.id);
    };
    request.send(file);
  };

  const sendChosen = () => {
    if (input.files.length > 0) send(input.files[0]).catch(() => (line.textContent = texts.failed));
  };
  input.addEventListener('change', sendChosen);
  sendChosen();   // somebody may have been quicker than this script
}
