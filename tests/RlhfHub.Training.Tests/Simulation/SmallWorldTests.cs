using RlhfHub.Training.Simulation;
using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Tests.Simulation;

public sealed class SmallWorldTests
{
    public static TheoryData<string> Topics => [.. SmallWorld.TopicNames];

    [Theory]
    [MemberData(nameof(Topics))]
    public void Topic_Wordings_AreManyAndTheHeldOutOnesDiffer(string name)
    {
        var topic = SmallWorld.Topics.Single(topic => topic.Name == name);
        var training = new PhraseIndex<Phrase>();
        foreach (var phrase in topic.Prompts.All.Concat(topic.FollowUps.All)) training.Add(phrase, phrase);
        var dice = new Dice(1);

        // Whatever stands in the slots of a held-out wording, no training wording can say it.
        var saidInTraining = topic.HeldOutPrompts.All.Concat(topic.HeldOutFollowUps.All)
            .SelectMany(phrase => topic.HeldOutKeys.Concat(topic.Keys).Take(400).Select(key => phrase.Write(key.Asked, dice)))
            .Where(text => training.Match(Words.Of(text)).Count > 0);

        Assert.True(topic.Prompts.All.Count() >= 12);
        Assert.True(topic.HeldOutPrompts.All.Count() >= 4);
        Assert.Empty(saidInTraining);
    }

    [Fact]
    public void HeldOutPrompts_Many_NoTrainingWordingOfAnyTopicSaysThem()
    {
        var training = new PhraseIndex<Phrase>();
        foreach (var phrase in SmallWorld.Topics.SelectMany(topic => topic.Prompts.All.Concat(topic.FollowUps.All))) training.Add(phrase, phrase);

        var heldOut = Corpus.HeldOutPrompts(seed: 7, 5000).SelectMany(prompt => prompt.Messages.Where(message => message.Role == "user"));

        Assert.DoesNotContain(heldOut, message => training.Match(Words.Of(message.Content!)).Count > 0);
    }

    [Fact]
    public void HeldOutPrompts_Words_AreAllKnownFromTraining()
    {
        var training = Corpus.Documents(new CorpusOptions { Characters = 4_000_000 })
            .SelectMany(document => document.Messages ?? []).SelectMany(message => Words.Of(message.Content!)).ToHashSet();

        var unknown = Corpus.HeldOutPrompts(seed: 2, 5000).SelectMany(prompt => Words.Of(prompt.Text)).Where(word => !training.Contains(word)).Distinct();

        Assert.Empty(unknown);
    }

    [Fact]
    public void Topics_HeldOutFacts_AreNotAskedInTraining()
    {
        foreach (var topic in SmallWorld.Topics.Where(topic => topic.Name is "sums" or "sizes" or "stories"))
        {
            var heldOut = topic.HeldOutKeys.Select(key => string.Join(' ', key.Asked.Values)).ToHashSet();

            Assert.InRange(heldOut.Count / (double)(heldOut.Count + topic.Keys.Count), 0.05, 0.2);
            Assert.DoesNotContain(topic.Keys, key => heldOut.Contains(string.Join(' ', key.Asked.Values)));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Recognize_EveryPrompt_FindsItsKey(bool isHeldOut)
    {
        foreach (var prompt in isHeldOut ? Corpus.HeldOutPrompts(3, 3000) : Corpus.TrainingPrompts(3, 3000))
        {
            var found = SmallWorld.Recognize(prompt.Messages);

            Assert.NotNull(found);
            Assert.Equal(isHeldOut, found.IsHeldOut);
            Assert.Equal(prompt.Key.Topic, found.Key.Topic);
            Assert.Equal(prompt.Key.Asked.OrderBy(slot => slot.Key), found.Key.Asked.OrderBy(slot => slot.Key));
            Assert.Equal(Flat(prompt.Key), Flat(found.Key));
        }

        static IEnumerable<string> Flat(AnswerKey key) => key.Accepted.SelectMany(slot => slot.Value.Select(word => $"{slot.Key}={word}")).Order();
    }

    [Theory]
    [InlineData("What is the capital of France?")]
    [InlineData("What colour is the question?")]
    [InlineData("")]
    public void Recognize_SomethingElse_IsNull(string text) => Assert.Null(SmallWorld.Recognize([new("user", text)]));

    [Fact]
    public void Recognize_FollowUp_NeedsTheTurnBefore()
    {
        var alone = SmallWorld.Recognize([new("user", "And the sky?")]);
        var afterAQuestion = SmallWorld.Recognize([new("user", "What colour is the sun?"), new("assistant", "It is yellow."), new("user", "And the sky?")]);

        Assert.Null(alone);
        Assert.Equal("colours", afterAQuestion?.Key.Topic);
        Assert.Equal("sky", afterAQuestion?.Key.Asked["thing"]);
    }
}
