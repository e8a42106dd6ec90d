using RlhfHub.Training.Generation;

namespace RlhfHub.Training.Tests.Generation;

public sealed class StopTextFilterTests
{
    [Fact]
    public void Push_StopSplitOverPieces_PassesOnlyWhatStandsBefore()
    {
        var filter = new StopTextFilter(["\n\nUser:"]);

        var passed = new[] { "Hello", "\n", "\nUs", "er", ": more" }.Select(filter.Push).ToArray();

        Assert.Equal("Hello", string.Concat(passed));
        Assert.True(filter.IsStopped);
        Assert.Equal("", filter.Flush());
    }

    [Fact]
    public void Push_BeginningThatTurnsOutOtherwise_IsPassedOn()
    {
        var filter = new StopTextFilter(["abc", "bd"]);

        Assert.Equal("x", filter.Push("xab"));
        Assert.Equal("abe", filter.Push("e"));
        Assert.False(filter.IsStopped);
    }

    [Fact]
    public void Flush_HeldBeginning_IsGivenBackAtTheEnd()
    {
        var filter = new StopTextFilter(["stop"]);

        Assert.Equal("go ", filter.Push("go sto"));
        Assert.Equal("sto", filter.Flush());
    }

    [Fact]
    public void Push_TwoStopsInOnePiece_EndsBeforeTheFirst() => Assert.Equal("a", new StopTextFilter(["c", "b"]).Push("abc"));
}
