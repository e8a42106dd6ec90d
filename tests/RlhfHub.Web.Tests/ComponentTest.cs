using Bunit;
using MudBlazor.Services;

namespace RlhfHub.Web.Tests;

/// <summary>Base of component tests. Disposal is asynchronous because MudBlazor's services can be disposed in no other way.</summary>
public abstract class ComponentTest : BunitContext, IAsyncLifetime
{
    protected ComponentTest()
    {
        Services.AddMudServices();
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();
}
