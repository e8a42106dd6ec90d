using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace RlhfHub.Web.Layout;

public sealed partial class MainLayout(IJSRuntime browser) : IAsyncDisposable
{
    private DotNetObjectReference<MainLayout>? reference;
    private ElementReference content;
    private ErrorBoundary? boundary;
    private ThemeState? theme;

    /// <summary>Called by theme.js when the system, another tab or the menu changes the theme.</summary>
    [JSInvokable]
    public Task ThemeChangedAsync(ThemeState state)
    {
        theme = state;
        return InvokeAsync(StateHasChanged);
    }

    // Another page is not to blame for what the last one did.
    protected override void OnParametersSet() => boundary?.Recover();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        reference = DotNetObjectReference.Create(this);
        theme = await browser.InvokeAsync<ThemeState>("rlhfHubTheme.watch", reference);
        StateHasChanged();
    }

    private async Task ChooseAsync(ThemeChoice choice) => await browser.InvokeVoidAsync("rlhfHubTheme.choose", choice);

    // By hand, because the page's base address makes "#content" an address of the home page.
    private Task SkipAsync() => content.FocusAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        if (reference is null) return;
        try
        {
            await browser.InvokeVoidAsync("rlhfHubTheme.unwatch");
        }
        catch (JSDisconnectedException)
        {
            // The tab is closed: nobody is watching any more.
        }
        reference.Dispose();
    }
}
