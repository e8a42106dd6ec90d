using System.Runtime.InteropServices;
using RlhfHub.Training.Evaluation;
using RlhfHub.Worker.Serving.Engine;
using RlhfHub.Worker.Serving.Http;

namespace RlhfHub.Worker.Serving.OpenAi;

/// <summary><c>POST /v1/embeddings</c>: the mean of each text's last hidden states, of length 1, https://platform.openai.com/docs/api-reference/embeddings/create.</summary>
internal sealed class Embeddings(ModelPool pool, Scoring scoring)
{
    public async Task AnswerAsync(HttpContext http)
    {
        using var body = await RequestBody.ReadAsync(http.Request);
        var format = body.OptionalText("encoding_format") ?? "float";
        if (format is not ("float" or "base64")) throw ApiException.Wrong("encoding_format", $"'encoding_format' is '{format}'; expected float or base64.");
        using var model = await pool.AcquireAsync(body.Text("model"), http.RequestAborted);
        var width = model.Variant.Model.Config.Decoder.HiddenSize;
        if (body.OptionalWhole("dimensions", 1, int.MaxValue) is { } dimensions && dimensions != width)
            throw ApiException.Wrong("dimensions", $"'dimensions' is {dimensions}; this model's embeddings have {width}.");
        var texts = PromptList.Read(body, "input", text => model.Host.Tokenizer.Encode(text));
        var means = await scoring.RunAsync(model, "input", texts, part => SequenceScorer.MeanStates(model.Variant.Model, part), http.RequestAborted);
        var data = means.Select((mean, index) => new { @object = "embedding", index, embedding = Shape(Unit(mean), format) }).ToArray();
        var tokens = texts.Sum(text => text.Length);
        await http.Response.WriteAsJsonAsync(new { @object = "list", data, model = model.Id, usage = new { prompt_tokens = tokens, total_tokens = tokens } }, WireJson.Options, http.RequestAborted);
    }

    private static float[] Unit(float[] vector)
    {
        var length = Math.Sqrt(vector.Sum(value => (double)value * value));
        return length == 0 ? vector : Array.ConvertAll(vector, value => (float)(value / length));
    }

    private static object Shape(float[] vector, string format) => format == "float" ? vector : Convert.ToBase64String(MemoryMarshal.AsBytes(vector.AsSpan()));
}
