using RlhfHub.Training.Generation;
using RlhfHub.Training.Tokenization;

namespace RlhfHub.Worker.Serving.OpenAi;

/// <summary>Tokens and their log-probabilities as OpenAI's answers have them.</summary>
internal static class TokenShape
{
    // Stands for no probability at all, as in OpenAI's answers: JSON has no infinity.
    private const float Least = -9999;

    /// <summary>One entry of a chat's <c>logprobs.content</c>.</summary>
    public static object Chat(Tokenizer tokenizer, GeneratedToken token) => new
    {
        token = Text(tokenizer, token.Id),
        logprob = Finite(token.LogProbability),
        bytes = Bytes(tokenizer, token.Id),
        top_logprobs = token.Alternatives.Select(other => new { token = Text(tokenizer, other.Id), logprob = Finite(other.LogProbability), bytes = Bytes(tokenizer, other.Id) }).ToArray(),
    };

    /// <summary>The <c>logprobs</c> of a completion.</summary>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="tokens">The text's tokens.</param>
    /// <param name="offset">Where in the whole text the first one begins.</param>
    public static object Completion(Tokenizer tokenizer, IReadOnlyList<GeneratedToken> tokens, int offset)
    {
        var texts = tokens.Select(token => Text(tokenizer, token.Id)).ToArray();
        var offsets = new int[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            offsets[i] = offset;
            offset += texts[i].Length;
        }
        return new
        {
            tokens = texts,
            token_logprobs = tokens.Select(token => Finite(token.LogProbability)).ToArray(),
            top_logprobs = tokens.Select(token => token.Alternatives.DistinctBy(other => Text(tokenizer, other.Id)).ToDictionary(other => Text(tokenizer, other.Id), other => Finite(other.LogProbability))).ToArray(),
            text_offset = offsets,
        };
    }

    private static float Finite(float logProbability) => float.IsFinite(logProbability) ? logProbability : Least;

    private static string Text(Tokenizer tokenizer, int id) => tokenizer.Decode([id], skipSpecialTokens: false);

    private static int[] Bytes(Tokenizer tokenizer, int id) => [.. tokenizer.BytesOf(id).Select(value => (int)value)];
}
