namespace RlhfHub.Training.Data.Tokens;

/// <summary>An example as tokens.</summary>
/// <param name="Ids">Its tokens.</param>
/// <param name="LossMask">Which of them are to be learned. It is stated, never read off the ids: the token that ends a text may be the one that pads a batch.</param>
/// <param name="Place">Where the example stands.</param>
public sealed record TokenSequence(int[] Ids, bool[] LossMask, LinePlace Place)
{
    /// <summary>How many tokens stand before the first that is to be learned.</summary>
    public int PromptLength => Array.IndexOf(LossMask, true) is >= 0 and var first ? first : Ids.Length;

    /// <summary>Whether a token is to be learned that another one precedes: the first of a row is never predicted.</summary>
    public bool HasTarget => LossMask.AsSpan(Math.Min(1, LossMask.Length)).Contains(true);

    /// <summary>At most <paramref name="length"/> tokens, of the start or of the end.</summary>
    internal TokenSequence Truncated(int? length, bool keepsEnd)
    {
        if (length is not { } limit || Ids.Length <= limit) return this;
        var range = keepsEnd ? ^limit.. : ..limit;
        return this with { Ids = Ids[range], LossMask = LossMask[range] };
    }
}

/// <summary>A prompt for the model to answer, as tokens.</summary>
/// <param name="Ids">Its tokens, up to where the model is to go on.</param>
/// <param name="Seed">Its own seed, where the file gives one.</param>
/// <param name="Place">Where it stands.</param>
public sealed record TokenPrompt(int[] Ids, long? Seed, LinePlace Place);

/// <summary>Two replies to a prompt, each whole with it.</summary>
/// <param name="Chosen">The better one; only the reply is to be learned.</param>
/// <param name="Rejected">The other one.</param>
/// <param name="Margin">See <see cref="Formats.PreferenceRow.Margin"/>.</param>
/// <param name="SoftLabel">See <see cref="Formats.PreferenceRow.SoftLabel"/>.</param>
public sealed record TokenPair(TokenSequence Chosen, TokenSequence Rejected, double? Margin, double? SoftLabel);

/// <summary>A reply that is good or bad.</summary>
/// <param name="Sequence">Prompt and reply; only the reply is to be learned.</param>
/// <param name="IsGood">Whether it is good.</param>
public sealed record TokenVerdict(TokenSequence Sequence, bool IsGood);

/// <summary>A text and its class.</summary>
/// <param name="Sequence">The text.</param>
/// <param name="Label">The number of the class, from 0.</param>
public sealed record TokenClass(TokenSequence Sequence, int Label);

/// <summary>Several replies to a prompt, put in order.</summary>
/// <param name="Sequences">Each reply whole with the prompt; only the reply is to be learned.</param>
/// <param name="Ranks">The rank of each, 1 for the best, ties allowed.</param>
public sealed record TokenRanking(IReadOnlyList<TokenSequence> Sequences, IReadOnlyList<int> Ranks);
