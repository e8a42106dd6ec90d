using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using MudBlazor.Services;

namespace RlhfHub.Web.Tests;

/// <summary>Base of component tests. Disposal is asynchronous because MudBlazor's services can be disposed in no other way.</summary>
public abstract class ComponentTest : BunitContext, IAsyncLifetime
{
    protected ComponentTest()
    {
        Services.AddMudServices();
        Services.AddSingleton<IHostEnvironment>(new HostingEnvironment { EnvironmentName = Environments.Production });
        Session = AddAuthorization();
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    /// <summary>Who looks at the component; nobody until the test says so.</summary>
    protected BunitAuthorizationContext Session { get; }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();
}
