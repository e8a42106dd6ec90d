using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Queue;
using RlhfHub.Web.Account;
using RlhfHub.Web.Features.Projects;
using RlhfHub.Web.Live;

namespace RlhfHub.Web.Features.Labeling;

public sealed partial class LabelPage : IAsyncDisposable
{
    // New tasks appear by themselves on a page that has none; those that the site tells of at once, others by looking.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private ElementReference root;
    private DotNetObjectReference<LabelPage>? reference;
    private IJSObjectReference? module, script;
    private ProjectDetails? project;
    private GuidelinesText? guidelines;
    private LabelingSession? session;
    private LabelingView? view;
    private SidePanel panel;
    private Guid? rendered, shown, improved;
    private int forgotten;
    private IDisposable? news;

    [Parameter]
    public Guid ProjectId { get; set; }

    [Inject]
    private CurrentActor Current { get; set; } = default!;

    [Inject]
    private ProjectService Projects { get; set; } = default!;

    [Inject]
    private QueueService Queue { get; set; } = default!;

    [Inject]
    private LabelingService Labeling { get; set; } = default!;

    [Inject]
    private LiveFeed Feed { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    private enum SidePanel
    {
        None,
        Guidelines,
        Keys,
    }

    /// <summary>Called by the page's script. A key that was pressed while another task was on the screen is not meant for this one.</summary>
    [JSInvokable]
    public async Task KeyAsync(string task, string key)
    {
        if (session is null || view is null) return;
        switch (key)
        {
            case "g" or "?" or "h": Ask(key); break;
            case "Escape" when panel != SidePanel.None: panel = SidePanel.None; break;
            default:
                if (task == (session.Shown?.ToString() ?? "")) await view.KeyAsync(key);
                break;
        }
        await InvokeAsync(StateHasChanged);
    }

    protected override async Task OnInitializedAsync()
    {
        var isOpen = await TryAsync(async (actor, stop) =>
        {
            project = await Projects.GetAsync(actor, ProjectId, stop);
            guidelines = await Projects.GuidelinesAsync(actor, ProjectId, null, stop);
        });
        if (!isOpen || project!.IsArchived) return;
        session = new LabelingSession(new ProjectDesk(Current, Queue, Labeling, ProjectId, Closed), Time);
        session.Changed += OnChanged;
        news = Feed.Subscribe(OnNews);
        await session.StartAsync();
        await KeepAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            reference = DotNetObjectReference.Create(this);
            module = await Browser.InvokeAsync<IJSObjectReference>("import", Closed, "./Features/Labeling/LabelPage.razor.js");
            script = await module.InvokeAsync<IJSObjectReference>("attach", Closed, root, reference, $"/api/v1/projects/{ProjectId}/desk");
            StateHasChanged();   // now a key that is pressed is heard, and the task may appear
        }
        if (session is null || script is null) return;
        var isStored = session.Count > forgotten;
        forgotten = session.Count;
        if (isStored) await script.InvokeVoidAsync("forget", Closed, session.Last!.Task.AssignmentId);
        if (session.Improved != improved) await script.InvokeVoidAsync("forget", Closed, improved = session.Improved);
        // What the session shows by now may not be on the page yet: the script would look for it too early, and never again.
        if (rendered == shown) return;
        shown = rendered;
        await script.InvokeVoidAsync("revive", Closed, shown);
        await script.InvokeVoidAsync("shown", Closed);
    }

    private void OnChanged() => InvokeAsync(StateHasChanged);

    private void OnNews(LiveNews item)
    {
        if (item is TaskNews && item.ProjectId == ProjectId && session is { State: LabelingState.NothingWaits }) InvokeAsync(session.StartAsync);
    }

    // Renews what the page holds while it is open, and looks again while there is nothing.
    private async Task KeepAsync()
    {
        var renewEvery = TimeSpan.FromMinutes(Math.Max(0.4, project!.Settings.LeaseMinutes / 3.0));
        var renewed = Time.GetTimestamp();
        using var timer = new PeriodicTimer(LookAgain, Time);
        while (await timer.WaitForNextTickAsync(Closed))
        {
            if (session!.State == LabelingState.NothingWaits) await session.StartAsync();
            if (Time.GetElapsedTime(renewed) < renewEvery) continue;
            renewed = Time.GetTimestamp();
            await session.RenewAsync();
        }
    }

    private void Ask(string key)
    {
        if (key == "h")
        {
            Navigation.NavigateTo(ProjectAddress.History(ProjectId));
            return;
        }
        var wanted = key == "g" ? SidePanel.Guidelines : SidePanel.Keys;
        panel = panel == wanted ? SidePanel.None : wanted;
    }

    public async ValueTask DisposeAsync()
    {
        news?.Dispose();
        if (session is not null) session.Changed -= OnChanged;
        Dispose(true);
        try
        {
            if (script is not null)
            {
                await script.InvokeVoidAsync("detach");
                await script.DisposeAsync();
            }
            if (module is not null) await module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The tab is closed, and its script with it.
        }
        reference?.Dispose();
    }
}
