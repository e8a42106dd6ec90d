// Fetches an export and saves it as a file; answers with the site's sentence when it is refused.
export async function download(address, choice, failed) {
  try {
    const antiforgery = await (await fetch('/api/v1/me/antiforgery')).json();
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', [antiforgery.header]: antiforgery.value },
      body: JSON.stringify(choice),
    });
    if (!response.ok) return (await response.json()).detail ?? failed;
    const name = /filename\*?=(?:UTF-8'')?"?([^";]+)/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? 'export';
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await response.blob());
    link.download = decodeURIComponent(name);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    return null;
  } catch {
    return failed;
  }
}
