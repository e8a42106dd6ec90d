using System.Globalization;
using System.Net.Http.Headers;

namespace RlhfHub.Web.Features.Models;

/// <summary>The length of the model server's queue, of its <c>/metrics</c>.</summary>
internal sealed record ModelServerFigures(int Running, int Waiting)
{
    /// <summary>The figures of this moment; null when it does not answer.</summary>
    public static async Task<ModelServerFigures?> ReadAsync(HttpClient http, ModelServerAccess server, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/metrics"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Token);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(3));
        try
        {
            using var response = await http.SendAsync(request, patience.Token);
            return response.IsSuccessStatusCode ? Parse(await response.Content.ReadAsStringAsync(patience.Token)) : null;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>As in <c>rlhfhub_texts_running 3</c>, a line each.</summary>
    internal static ModelServerFigures Parse(string metrics)
    {
        var lines = metrics.Split('\n');
        return new(Figure("rlhfhub_texts_running"), Figure("rlhfhub_texts_waiting"));

        int Figure(string name) => Array.Find(lines, line => line.StartsWith(name + " ", StringComparison.Ordinal)) is { } line && int.TryParse(line[(name.Length + 1)..], CultureInfo.InvariantCulture, out var value) ? value : 0;
    }
}
