using System.ComponentModel.DataAnnotations;

namespace RlhfHub.Training.Generation;

/// <summary>How the next token is chosen and when a text ends. Names and order of the steps as in transformers: repetition penalty, temperature, top-k, top-p, min-p.</summary>
public sealed record GenerationOptions
{
    /// <summary>The most that <see cref="Alternatives"/> may be, as in OpenAI's API.</summary>
    public const int MostAlternatives = 20;

    /// <summary>At most this many tokens; the context may end a text earlier.</summary>
    [Range(1, 1_000_000), Display(Name = "New tokens", Description = "At most this many tokens are written.")]
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>Logits are divided by it: below 1 likely tokens become likelier. 0 takes the likeliest always.</summary>
    [Range(0.0, 100.0), Display(Name = "Temperature", Description = "Below 1 more predictable, above 1 more varied; 0 always takes the likeliest token.")]
    public double Temperature { get; init; } = 1;

    /// <summary>Only the k likeliest tokens may be drawn; 0 for all.</summary>
    [Range(0, int.MaxValue), Display(Name = "Top-k", Description = "Only the k likeliest tokens may be drawn; 0 for all.")]
    public int TopK { get; init; }

    /// <summary>Only the likeliest tokens that together reach this probability may be drawn. Holtzman et al. 2019, https://arxiv.org/abs/1904.09751.</summary>
    [Range(0.0, 1.0), Display(Name = "Top-p", Description = "Only the likeliest tokens that together reach this probability may be drawn; 1 for all.")]
    public double TopP { get; init; } = 1;

    /// <summary>Only tokens at least this share as likely as the likeliest may be drawn. Nguyen et al. 2024, https://arxiv.org/abs/2407.01082.</summary>
    [Range(0.0, 1.0), Display(Name = "Min-p", Description = "Only tokens at least this share as likely as the likeliest may be drawn; 0 for all.")]
    public double MinP { get; init; }

    /// <summary>Positive logits of tokens that stand in the prompt or the text are divided by it, negative ones multiplied. Keskar et al. 2019, https://arxiv.org/abs/1909.05858.</summary>
    [Range(0.01, 100.0), Display(Name = "Repetition penalty", Description = "Above 1 discourages tokens that already occurred; 1 for none.")]
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Subtracted from the logit of each token that the text has so far, its prompt not counted; OpenAI's API, https://platform.openai.com/docs/api-reference/chat.</summary>
    [Range(-2.0, 2.0), Display(Name = "Presence penalty", Description = "Above 0 discourages tokens that the new text has already; 0 for none.")]
    public double PresencePenalty { get; init; }

    /// <summary>Subtracted from a token's logit once for each time that the text has it so far, its prompt not counted; OpenAI's API.</summary>
    [Range(-2.0, 2.0), Display(Name = "Frequency penalty", Description = "Above 0 discourages tokens the more often the new text has them; 0 for none.")]
    public double FrequencyPenalty { get; init; }

    /// <summary>How many of the likeliest tokens are told with each token.</summary>
    [Range(0, MostAlternatives), Display(Name = "Alternatives", Description = "How many of the likeliest tokens are told with each token.")]
    public int Alternatives { get; init; }

    /// <summary>The text is a function of model, prompt, options and seed, whatever else is generated beside it.</summary>
    [Display(Name = "Seed", Description = "The same seed gives the same text.")]
    public long Seed { get; init; }

    /// <summary>The text ends before the first of these.</summary>
    [Display(Name = "Stop texts", Description = "The text ends before the first of these.")]
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Go on after an end-of-text token.</summary>
    [Display(Name = "Ignore end of text", Description = "Go on after an end-of-text token, up to the number of new tokens.")]
    public bool IgnoresEnd { get; init; }

    /// <summary>Whether the likeliest token is always taken.</summary>
    public bool IsGreedy => Temperature == 0;

    /// <summary>Whether it matters how often each token was written.</summary>
    internal bool CountsTokens => PresencePenalty != 0 || FrequencyPenalty != 0;

    /// <summary>The first thing that is wrong with the values, as a sentence; null when nothing is.</summary>
    public string? FindError()
    {
        var errors = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), errors, validateAllProperties: true)) return errors[0].ErrorMessage;
        if (double.IsNaN(Temperature) || double.IsNaN(TopP) || double.IsNaN(MinP) || double.IsNaN(RepetitionPenalty) || double.IsNaN(PresencePenalty) || double.IsNaN(FrequencyPenalty)) return "A sampling value is not a number.";
        return Stop.Any(string.IsNullOrEmpty) ? "A stop text must not be empty." : null;
    }
}
