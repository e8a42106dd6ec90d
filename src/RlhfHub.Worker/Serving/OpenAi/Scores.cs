using RlhfHub.Training.Evaluation;
using RlhfHub.Training.Models;
using RlhfHub.Worker.Serving.Engine;
using RlhfHub.Worker.Serving.Http;

namespace RlhfHub.Worker.Serving.OpenAi;

/// <summary>
/// What a reward model or classifier makes of texts. <c>POST /v1/score</c>: <c>{"model", "input": "…" or […]}</c> or <c>{"model", "messages": […]}</c> gives
/// <c>{"data": [{"index", "score"}]}</c>. <c>POST /get_reward</c> is OpenRLHF's remote reward model: <c>{"query": […]}</c> gives <c>{"rewards": […]}</c>.
/// </summary>
internal sealed class Scores(ModelPool pool, Scoring scoring)
{
    public async Task AnswerAsync(HttpContext http)
    {
        using var body = await RequestBody.ReadAsync(http.Request);
        using var model = await pool.AcquireAsync(body.Text("model"), http.RequestAborted);
        var classifier = ClassifierOf(model);
        IReadOnlyList<int[]> texts = body.Field("messages") is null
            ? PromptList.Read(body, "input", text => model.Host.Tokenizer.Encode(text))
            : [ChatMessages.Encode(model, ChatMessages.Read(body), addGenerationPrompt: false)];
        var all = await scoring.RunAsync(model, body.Field("messages") is null ? "input" : "messages", texts, part => SequenceScorer.Scores(classifier, part), http.RequestAborted);
        var labels = classifier.Config.Labels;
        object[] data = [.. all.Select((scores, index) => labels.Count == 1
            ? (object)new { @object = "score", index, score = scores[0] }
            : new { @object = "score", index, label = labels[Array.IndexOf(scores, scores.Max())], logits = labels.Zip(scores).ToDictionary(pair => pair.First, pair => pair.Second) })];
        var tokens = texts.Sum(text => text.Length);
        await http.Response.WriteAsJsonAsync(new { @object = "list", data, model = model.Id, usage = new { prompt_tokens = tokens, total_tokens = tokens } }, WireJson.Options, http.RequestAborted);
    }

    /// <summary>As https://github.com/OpenRLHF/OpenRLHF has it: each query is a prompt and its reply as one text, which ends with the end of text.</summary>
    public async Task AnswerOpenRlhfAsync(HttpContext http)
    {
        using var body = await RequestBody.ReadAsync(http.Request);
        if (body.Field("query") is null) throw ApiException.Wrong("query", "'query' is missing; expected a list of texts.");
        PromptList.CheckCount(body.Texts("query").Count, "query");
        using var model = await pool.AcquireAsync(body.OptionalText("model") ?? OnlyRewardModel(), http.RequestAborted);
        var classifier = ClassifierOf(model);
        if (classifier.Config.Labels.Count != 1) throw ApiException.Wrong("model", $"The model '{model.Id}' has {classifier.Config.Labels.Count} labels; expected a reward model, which has one.");
        IReadOnlyList<int[]> texts = [.. body.Texts("query").Select(text => WithEnd(model, model.Host.Tokenizer.Encode(text)))];
        var rewards = (await scoring.RunAsync(model, "query", texts, part => SequenceScorer.Scores(classifier, part), http.RequestAborted)).Select(scores => scores[0]).ToArray();
        await http.Response.WriteAsJsonAsync(new { rewards, scores = rewards, extra_logs = new { } }, WireJson.Options, http.RequestAborted);
    }

    private static int[] WithEnd(ModelLease model, int[] ids)
    {
        var ends = model.Host.EndIds;
        return ends.Count == 0 || (ids.Length > 0 && ends.Contains(ids[^1])) ? ids : [.. ids, ends[0]];
    }

    private string OnlyRewardModel()
    {
        var scorers = pool.Catalogue.List().Where(entry => entry.IsScorer).ToArray();
        return scorers.Length == 1
            ? scorers[0].Id
            : throw ApiException.Wrong("model", $"There are {scorers.Length} models that score texts; say with 'model' which one is meant{(scorers.Length == 0 ? "" : ": " + string.Join(", ", scorers.Take(10).Select(entry => entry.Id)))}.");
    }

    private static SequenceClassifier ClassifierOf(ModelLease model) =>
        model.Variant.Model as SequenceClassifier ?? throw ApiException.Wrong("model", $"The model '{model.Id}' writes texts and scores none; expected a reward model or classifier.", "model_not_supported");
}
