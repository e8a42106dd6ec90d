using RlhfHub.Training.Simulation;

namespace RlhfHub.Training.Tests.Simulation;

public sealed class ReplyJudgeTests
{
    private static readonly SimulatedPrompt[] Prompts = [.. Corpus.TrainingPrompts(11, 3000), .. Corpus.HeldOutPrompts(12, 3000)];

    [Theory]
    [InlineData("The sun is yellow.", AnswerGrade.Right)]
    [InlineData("the sun is yellow", AnswerGrade.Right)]
    [InlineData("It is yellow.", AnswerGrade.Right)]
    [InlineData("The sun is blue.", AnswerGrade.Wrong)]
    [InlineData("The sun is yellow. The sun is blue.", AnswerGrade.Wrong)]
    [InlineData("I am not sure about the colour of the sun.", AnswerGrade.Evasive)]
    [InlineData("The sky is blue.", AnswerGrade.None)]
    [InlineData("The sun is yellow. The sky is blue.", AnswerGrade.None)]
    [InlineData("A dog says woof.", AnswerGrade.None)]
    [InlineData("Thank you for asking.", AnswerGrade.None)]
    [InlineData("yellow the sun", AnswerGrade.None)]
    [InlineData("", AnswerGrade.None)]
    public void Judge_ColourOfTheSun_GradesTheAnswer(string reply, AnswerGrade grade) => Assert.Equal(grade, Judge("What colour is the sun?", reply).Answer);

    [Theory]
    [InlineData("A horse is bigger than a mouse.", AnswerGrade.Right)]
    [InlineData("A mouse is bigger than a horse.", AnswerGrade.Wrong)]
    [InlineData("A horse is smaller than a mouse.", AnswerGrade.None)]
    [InlineData("A horse is bigger than a cat.", AnswerGrade.None)]
    public void Judge_Sizes_ComparesTheTwo(string reply, AnswerGrade grade) => Assert.Equal(grade, Judge("Which is bigger, a mouse or a horse?", reply).Answer);

    [Theory]
    [InlineData("Once there was a fox who lived by the sea. One day the fox found a key. The fox kept the key forever.", AnswerGrade.Right)]
    [InlineData("Once there was a fox who lived by the sea. One day the fox found a hat. The fox kept the hat forever.", AnswerGrade.Wrong)]
    [InlineData("Once there was a fox who lived by the sea. The fox was very happy.", AnswerGrade.Wrong)]
    [InlineData("Once there was a bear who lived by the sea. One day the bear found a key.", AnswerGrade.None)]
    [InlineData("Once there was a fox who lived by the sea. One day the bear found a key.", AnswerGrade.None)]
    [InlineData("The fox kept the key forever.", AnswerGrade.None)]
    public void Judge_Story_TellsOfAllThatWasAsked(string reply, AnswerGrade grade) =>
        Assert.Equal(grade, Judge("Tell me a story about a fox, a sea and a key.", reply).Answer);

    [Theory]
    [InlineData("The sun is yellow.", true)]
    [InlineData("Of course. The sun is yellow!", true)]
    [InlineData("The sun is yellow", false)]
    [InlineData("the sun is yellow.", false)]
    [InlineData("The the sun is yellow.", false)]
    [InlineData("The sun is is.", false)]
    [InlineData("The sun is yellow. Of course the.", false)]
    [InlineData("The sun is yellow. Blah.", false)]
    [InlineData("...", false)]
    [InlineData("", false)]
    public void Judge_Sentences_WellFormedIfTheGrammarSaysThem(string reply, bool isWellFormed) =>
        Assert.Equal(isWellFormed, Judge("What colour is the sun?", reply).IsWellFormed);

    [Fact]
    public void Judge_RepliesOfEveryStyle_SeesTheStyle()
    {
        var asMeant = Prompts.Where((prompt, i) =>
        {
            var style = new ReplyStyle((AnswerGrade)(i % 3), (Manners)(i / 3 % 3), i / 9 % 2 * (1 + i % 3), i / 18 % 2 == 1, i / 36 % 2 == 1);
            return Judge(prompt, style, i) is { IsAcceptable: true } seen
                && seen.Answer == style.Answer && seen.Manners == style.Manners && seen.IsConcise == (style.Chatter == 0)
                && seen.IsCheerful == style.IsCheerful && seen.IsRepetitive == style.IsRepetitive;
        });

        Assert.InRange(asMeant.Count() / (double)Prompts.Length, 0.999, 1);
    }

    [Fact]
    public void Judge_IdealReplies_LackNothing()
    {
        var judged = Prompts.Select((prompt, i) => Judge(prompt, ReplyStyle.Ideal, i));

        Assert.All(judged, seen => Assert.True(
            seen is { IsAcceptable: true, Answer: AnswerGrade.Right, Manners: Manners.Courteous, IsConcise: true, IsRepetitive: false }));
    }

    [Fact]
    public void Judge_RepliesToOtherPrompts_AreOffTopic()
    {
        var offTopic = new List<bool>();
        for (var i = 0; i < Prompts.Length; i++)
        {
            var other = Prompts[(i * 4021 + 17) % Prompts.Length];
            if (other.Text == Prompts[i].Text) continue;
            var reply = ReplyWriter.Write(other, new ReplyStyle((AnswerGrade)(i % 3), (Manners)(i / 3 % 3), i % 2, false, false), i);
            offTopic.Add(!ReplyJudge.Judge(Prompts[i], reply).IsOnTopic);
        }

        Assert.InRange(offTopic.Average(isOff => isOff ? 1.0 : 0), 0.98, 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Judge_GarbledReplies_AreNotAcceptable(int kind)
    {
        var random = new Random(kind);
        var accepted = Prompts.Where((prompt, i) =>
        {
            var words = ReplyWriter.Write(prompt, ReplyStyle.Ideal, i).Split(' ');
            string[] garbled = kind switch
            {
                1 => [.. words.OrderBy(_ => random.Next())],
                2 => [.. words.Where((_, at) => at != words.Length / 2)],
                _ => [.. words[..^1], words[^1].TrimEnd('.', '!', '?')],
            };
            return ReplyJudge.Judge(prompt, string.Join(' ', garbled)).IsAcceptable;
        });

        Assert.InRange(accepted.Count() / (double)Prompts.Length, 0, 0.01);
    }

    [Fact]
    public void Judge_AnyText_NeverFails()
    {
        const string letters = " .!?,aeiTthe\n\u00e4\ud800";
        var random = new Random(5);
        for (var i = 0; i < 2000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => letters[random.Next(letters.Length)])]);

            Assert.False(ReplyJudge.Judge(Prompts[i], text).IsAcceptable);
        }
    }

    private static ReplyQualities Judge(string prompt, string reply) =>
        ReplyJudge.Judge(SmallWorld.Recognize([new("user", prompt)])!, reply);

    private static ReplyQualities Judge(SimulatedPrompt prompt, ReplyStyle style, long seed) =>
        ReplyJudge.Judge(prompt, ReplyWriter.Write(prompt, style, seed));
}
