using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using RlhfHub.Domain;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using static RlhfHub.Web.Languages.Wording;

namespace RlhfHub.Web.Features.Datasets;

public sealed partial class ImportPage : IAsyncDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private ElementReference uploadPlace;
    private DotNetObjectReference<ImportPage>? reference;
    private IJSObjectReference? module;
    private ProjectDetails? project;
    private List<ImportDetails>? imports;
    private ImportDetails? chosen;
    private ImportChoice choice = new();
    private ImportPreview? preview;
    private bool isOpen, isAttached;

    [Parameter]
    public Guid ProjectId { get; set; }

    [Inject]
    private ProjectService Projects { get; set; } = default!;

    [Inject]
    private ImportService Imports { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    /// <summary>Called by the page's script when a file is at the site.</summary>
    [JSInvokable]
    public Task UploadedAsync(Guid importId) => InvokeAsync(async () =>
    {
        await TryAsync(RefreshAsync);
        if (imports?.Find(import => import.Id == importId) is { } import) await OpenAsync(import);
        StateHasChanged();
    });

    protected override async Task OnInitializedAsync()
    {
        isOpen = await TryAsync(async (actor, stop) =>
        {
            project = await Projects.GetAsync(actor, ProjectId, stop);
            await RefreshAsync(actor, stop);
        });
        if (isOpen) await FollowAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!isOpen || isAttached) return;
        isAttached = true;
        reference = DotNetObjectReference.Create(this);
        module = await Browser.InvokeAsync<IJSObjectReference>("import", Closed, "./Features/Datasets/ImportPage.razor.js");
        await module.InvokeVoidAsync("attach", Closed, uploadPlace, reference, $"/api/v1/projects/{ProjectId}/imports", new
        {
            sending = T("Sending: {percent} %"),
            failed = T("The file did not reach the site. Choose it again to try once more."),
        });
    }

    // Imports run in the background; what is on the screen follows them.
    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(LookAgain, Time);
        while (await timer.WaitForNextTickAsync(Closed))
        {
            if (imports?.Exists(import => import.State == ImportState.Queued) != true) continue;
            await TryAsync(RefreshAsync);
            StateHasChanged();
        }
    }

    private async Task RefreshAsync(Actor actor, CancellationToken stop) => imports = [.. (await Imports.ListAsync(actor, ProjectId, new PageRequest(), stop)).Items];

    private Task OpenAsync(ImportDetails import)
    {
        (chosen, choice, preview) = (import, new ImportChoice { Format = import.Format.Length == 0 ? null : import.Format }, null);
        return PreviewAsync(choice);
    }

    private async Task PreviewAsync(ImportChoice changed)
    {
        // Should the file not be readable this way, what was seen by another must not stand beside the choice.
        (choice, preview) = (changed, null);
        await TryAsync(async (actor, stop) => preview = await Imports.PreviewAsync(actor, ProjectId, chosen!.Id, choice, stop));
    }

    private async Task StartAsync()
    {
        var isStarted = await TryAsync(async (actor, stop) =>
        {
            await Imports.StartAsync(actor, ProjectId, chosen!.Id, choice, stop);
            await RefreshAsync(actor, stop);
        });
        if (isStarted) Close();
    }

    private void Close() => (chosen, preview) = (null, null);

    public async ValueTask DisposeAsync()
    {
        Dispose(true);
        try
        {
            if (module is not null) await module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The tab is closed, and its script with it.
        }
        reference?.Dispose();
    }
}
