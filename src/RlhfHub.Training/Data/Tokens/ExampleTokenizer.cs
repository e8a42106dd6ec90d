using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Data.Tokens;

/// <summary>Rows of data sets to tokens and what of them is to be learned. The rules are TRL's, https://huggingface.co/docs/trl/sft_trainer. Null stands for an example of which truncation leaves nothing to learn.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="template">The model's chat template; null where it has none.</param>
/// <param name="options">Limits, and what is learned.</param>
public sealed class ExampleTokenizer(Tokenizer tokenizer, ChatTemplate? template, TokenizationOptions options)
{
    private readonly PassageEncoder encoder = new(tokenizer, template);

    /// <summary>A text with its end, or a conversation: learned whole, or the assistant's turns alone.</summary>
    /// <exception cref="InvalidInputException">The row cannot be written down or masked as asked.</exception>
    public TokenSequence? Encode(LanguageModelingRow row) => At(row.Place, () =>
    {
        if (options.CompletionOnlyLoss == true) throw new InvalidInputException("The loss is wanted on completions only, but there are none; expected 'prompt' and 'completion'.");
        return Learnable(All(encoder.WithEnd(row.Text), row.Place));
    });

    /// <summary>A prompt and its completion with its end: the completion is learned, and the prompt too where the options say so.</summary>
    /// <exception cref="InvalidInputException">The row cannot be written down or masked as asked.</exception>
    public TokenSequence? Encode(PromptCompletionRow row) => At(row.Place, () =>
    {
        var (ids, promptLength) = encoder.EncodeParts(row.Prompt, encoder.WithEnd(row.Completion));
        var isLearned = options.AssistantOnlyLoss ? encoder.AssistantMask(row.Prompt.Then(row.Completion), ids) : Filled(ids.Length, true);
        if (options.CompletionOnlyLoss ?? true) isLearned.AsSpan(0, promptLength).Clear();
        return Learnable(new TokenSequence(ids, isLearned, row.Place), promptLength);
    });

    /// <summary>Both replies whole with the prompt; null when either would vanish.</summary>
    /// <exception cref="InvalidInputException">The row cannot be written down.</exception>
    public TokenPair? Encode(PreferenceRow row) => At(row.Place, () =>
        Reply(row.Prompt, row.Chosen, row.Place) is { } chosen && Reply(row.Prompt, row.Rejected, row.Place) is { } rejected
            ? new TokenPair(chosen, rejected, row.Margin, row.SoftLabel)
            : null);

    /// <summary>The reply whole with the prompt.</summary>
    /// <exception cref="InvalidInputException">The row cannot be written down.</exception>
    public TokenVerdict? Encode(UnpairedPreferenceRow row) =>
        At(row.Place, () => Reply(row.Prompt, row.Completion, row.Place) is { } sequence ? new TokenVerdict(sequence, row.IsGood) : null);

    /// <summary>Every reply whole with the prompt; null when one would vanish.</summary>
    /// <exception cref="InvalidInputException">The row cannot be written down.</exception>
    public TokenRanking? Encode(RankingRow row) => At(row.Place, () =>
    {
        var sequences = row.Responses.Select(response => Reply(row.Prompt, response, row.Place)).OfType<TokenSequence>().ToArray();
        return sequences.Length == row.Responses.Count ? new TokenRanking(sequences, row.Ranks) : null;
    });

    /// <summary>The text with its end, or the conversation; null only where too long a text is to be left out.</summary>
    /// <exception cref="InvalidInputException">The row cannot be written down.</exception>
    public TokenClass? Encode(ClassificationRow row) => At(row.Place, () =>
    {
        var ids = encoder.Encode(encoder.WithEnd(row.Text));
        return Truncated(new(ids, Filled(ids.Length, true), row.Place)) is { } sequence ? new TokenClass(sequence, row.Label) : null;
    });

    /// <summary>A prompt up to where the model is to answer.</summary>
    /// <exception cref="InvalidInputException">It has no tokens or too many, or cannot be written down.</exception>
    public TokenPrompt Encode(PromptRow row) => At(row.Place, () =>
    {
        var ids = encoder.Encode(row.Prompt, addGenerationPrompt: true);
        if (ids.Length == 0) throw new InvalidInputException("'prompt' has no tokens; expected at least one.");
        return options.MaxPromptLength is { } limit && ids.Length > limit
            ? throw new InvalidInputException($"'prompt' has {ids.Length} tokens; expected {limit} at most, so that the longest reply fits behind it.")
            : new TokenPrompt(ids, row.Seed, row.Place);
    });

    private TokenSequence All(Passage text, LinePlace place)
    {
        var ids = encoder.Encode(text);
        return new(ids, options.AssistantOnlyLoss ? encoder.AssistantMask(text, ids) : Filled(ids.Length, true), place);
    }

    private TokenSequence? Reply(Passage prompt, Passage reply, LinePlace place)
    {
        var (ids, promptLength) = encoder.EncodeParts(prompt, encoder.WithEnd(reply));
        var isLearned = Filled(ids.Length, true);
        isLearned.AsSpan(0, promptLength).Clear();
        return Learnable(new TokenSequence(ids, isLearned, place), promptLength);
    }

    private TokenSequence? Learnable(TokenSequence sequence, int promptLength = 0)
    {
        if (options.MaxPromptLength is { } limit && promptLength > limit) sequence = sequence.Truncated(sequence.Ids.Length - promptLength + limit, keepsEnd: true);
        return Truncated(sequence) is { HasTarget: true } left ? left : null;
    }

    private TokenSequence? Truncated(TokenSequence sequence) => options switch
    {
        { MaxLength: { } limit, TruncationMode: TruncationMode.Drop } when sequence.Ids.Length > limit => null,
        _ => sequence.Truncated(options.MaxLength, options.TruncationMode == TruncationMode.KeepEnd),
    };

    private static bool[] Filled(int length, bool value)
    {
        var mask = new bool[length];
        Array.Fill(mask, value);
        return mask;
    }

    // A tokenizer or template that fails on one row may be right for all others: what it says gets the row's place.
    private static T At<T>(LinePlace place, Func<T> encode)
    {
        try
        {
            return encode();
        }
        catch (Exception error) when (error is InvalidInputException or ModelFileException)
        {
            throw new InvalidInputException($"{place}: {error.Message}", error);
        }
    }
}
