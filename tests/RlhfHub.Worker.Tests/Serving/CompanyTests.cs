namespace RlhfHub.Worker.Tests.Serving;

/// <summary>A seeded request gives its text whoever else is served.</summary>
public sealed class CompanyTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task SeededRequests_InCompany_GiveWhatTheyGiveAlone()
    {
        var requests = Enumerable.Range(0, 40).Select(Request).ToArray();
        var alone = new List<string>();
        foreach (var request in requests) alone.Add(await TextAsync(request));

        var company = await Task.WhenAll(requests.Select(TextAsync));

        // Sums in another order may tip a draw that is as good as undecided; with 1,200 draws of a chance of about 1 in a million each, one is already more than to be expected.
        var differing = alone.Zip(company).Count(pair => pair.First != pair.Second);
        Assert.InRange(differing, 0, 1);
        Assert.True(alone.Distinct().Count() > 30);
    }

    private static object Request(int i) => new
    {
        model = (i % 3) switch { 0 => ServedModels.Base, 1 => ServedModels.Warm, _ => ServedModels.Cold },
        messages = new[] { new { role = "user", content = $"Number {i}" } },
        seed = i,
        max_tokens = 30,
        temperature = i % 5 == 0 ? 0 : 1,
        top_p = i % 2 == 0 ? 0.9 : 1,
        presence_penalty = i % 4 == 0 ? 1 : 0,
    };

    private async Task<string> TextAsync(object request)
    {
        var (status, body) = await fixture.Server.PostAsync("/v1/chat/completions", request);
        Assert.Equal(200, status);
        return (string)body["choices"]![0]!["message"]!["content"]!;
    }
}
