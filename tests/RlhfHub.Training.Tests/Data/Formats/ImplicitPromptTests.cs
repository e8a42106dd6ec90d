using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Tests.Data.Formats;

public sealed class ImplicitPromptTests
{
    // The expected values are those of TRL's extract_prompt.
    [Theory]
    [InlineData("The sky is blue.", "The sky is green.", "The sky is")]
    [InlineData("Q: x A: yes", "Q: x A: yesterday", "Q: x A: ye")]
    [InlineData("ab  c", "ab  d", "ab ")]
    [InlineData("abc", "abd", "ab")]
    [InlineData("日本語です", "日本人です", "日本")]
    [InlineData("say 😀!", "say 😁!", "say")]
    [InlineData("say:😀!", "say:😁!", "say:")]
    [InlineData("a😀", "a😀b", "a")]
    [InlineData("👍🏽 ok", "👍🏿 ok", "👍")]
    [InlineData("e\u0301x", "e\u0300x", "e")]
    public void Split_Texts_GivesTheSharedBeginning(string chosen, string rejected, string prompt)
    {
        foreach (var (one, two) in new[] { (chosen, rejected), (rejected, chosen) })
        {
            var parts = ImplicitPrompt.Split(Passage.Of(one), Passage.Of(two))!.Value;

            Assert.Equal(prompt, parts.Prompt.Text);
            Assert.Equal(one, parts.Prompt.Text + parts.Chosen.Text);
            Assert.Equal(two, parts.Prompt.Text + parts.Rejected.Text);
            Assert.NotEmpty(parts.Chosen.Text!);
            Assert.NotEmpty(parts.Rejected.Text!);
        }
    }

    [Theory]
    [InlineData("😀", "😁")]
    [InlineData("a", "ab")]
    [InlineData(" a", " b")]
    public void Split_NothingShared_IsNull(string chosen, string rejected) => Assert.Null(ImplicitPrompt.Split(Passage.Of(chosen), Passage.Of(rejected)));

    [Fact]
    public void Split_Conversations_GivesTheSharedTurns()
    {
        ChatMessage user = new("user", "a"), first = new("assistant", "b"), again = new("user", "c"), yes = new("assistant", "yes"), no = new("assistant", "no");

        var differing = ImplicitPrompt.Split(Passage.Of([user, first, again, yes]), Passage.Of([user, first, again, no]))!.Value;
        var goingOn = ImplicitPrompt.Split(Passage.Of([user, first]), Passage.Of([user, first, again, no]))!.Value;
        var otherRole = ImplicitPrompt.Split(Passage.Of([user, new("user", "x")]), Passage.Of([user, new("assistant", "x")]))!.Value;

        Assert.Equal((3, 1, 1), Counts(differing));
        Assert.Equal((1, 1, 3), Counts(goingOn));
        Assert.Equal((1, 1, 1), Counts(otherRole));
        Assert.Null(ImplicitPrompt.Split(Passage.Of([user, first]), Passage.Of([again, first])));

        static (int, int, int) Counts((Passage Prompt, Passage Chosen, Passage Rejected) parts) =>
            (parts.Prompt.Messages!.Count, parts.Chosen.Messages!.Count, parts.Rejected.Messages!.Count);
    }

    [Fact]
    public void Split_RandomTexts_NeverCutsACharacter()
    {
        var random = new Random(7);
        string[] pieces = ["a", " ", "é", "日", "😀", "😁", "\U0001F600\u200D", "\n"];
        for (var i = 0; i < 2000; i++)
        {
            var shared = string.Concat(random.GetItems(pieces, random.Next(4)));
            var (one, two) = (shared + string.Concat(random.GetItems(pieces, random.Next(1, 4))), shared + string.Concat(random.GetItems(pieces, random.Next(1, 4))));
            if (one == two || ImplicitPrompt.Split(Passage.Of(one), Passage.Of(two)) is not { } parts) continue;

            foreach (var part in new[] { parts.Prompt.Text!, parts.Chosen.Text!, parts.Rejected.Text! })
            {
                Assert.NotEmpty(part);
                Assert.DoesNotContain('\uFFFD', string.Concat(part.EnumerateRunes()));
            }
            Assert.Equal((one, two), (parts.Prompt.Text + parts.Chosen.Text, parts.Prompt.Text + parts.Rejected.Text));
        }
    }
}
