namespace RlhfHub.Training.Data.Formats;

/// <summary>Finds the prompt that two replies begin with, as TRL's <c>extract_prompt</c> does. https://github.com/huggingface/trl/blob/main/trl/data_utils.py</summary>
internal static class ImplicitPrompt
{
    /// <summary>The shared beginning and the two remainders, neither of them empty; null where nothing is shared.</summary>
    public static (Passage Prompt, Passage Chosen, Passage Rejected)? Split(Passage chosen, Passage rejected)
    {
        if (chosen.Messages is not { } first || rejected.Messages is not { } second)
        {
            var (one, two) = (chosen.Text!, rejected.Text!);
            var characters = SharedCharacters(one, two);
            return characters == 0 ? null : (Passage.Of(one[..characters]), Passage.Of(one[characters..]), Passage.Of(two[characters..]));
        }
        var turns = first.Zip(second).TakeWhile(pair => Passage.Of([pair.First]).Key == Passage.Of([pair.Second]).Key && pair.First.Role == pair.Second.Role).Count();
        // Where one conversation goes on from the end of the other, the last shared turn is the shorter one's reply.
        if (turns == Math.Min(first.Count, second.Count)) turns--;
        return turns == 0 ? null : (Passage.Of([.. first.Take(turns)]), Passage.Of([.. first.Skip(turns)]), Passage.Of([.. second.Skip(turns)]));
    }

    private static int SharedCharacters(string one, string two)
    {
        var shared = one.AsSpan().CommonPrefixLength(two);
        if (shared == Math.Min(one.Length, two.Length))
        {
            // One text goes on from the end of the other: the shorter one keeps its last character as reply.
            shared--;
            return IsInsidePair(one, shared) ? shared - 1 : shared;
        }
        if (IsInsidePair(one, shared)) shared--;
        // A blank belongs to the word that follows it, for tokenizers that join the two.
        return shared > 0 && one[shared - 1] == ' ' ? shared - 1 : shared;
    }

    private static bool IsInsidePair(string text, int index) => index > 0 && char.IsSurrogatePair(text[index - 1], text[index]);
}
