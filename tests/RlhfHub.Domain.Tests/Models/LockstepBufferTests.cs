using Microsoft.Extensions.Time.Testing;
using RlhfHub.Domain.Models;

namespace RlhfHub.Domain.Tests.Models;

public sealed class LockstepBufferTests
{
    [Fact]
    public void Step_OneTextHasNotBegun_ShowsNothing()
    {
        var buffer = new LockstepBuffer(2);
        buffer.Add(0, new string('a', 500));

        Assert.Equal(["", ""], buffer.Step());
    }

    [Fact]
    public void Step_OneTextIsFaster_BothGrowAsTheSlowerDoes()
    {
        var buffer = new LockstepBuffer(2);
        buffer.Add(0, new string('a', 500));
        for (var step = 1; step <= 20; step++)
        {
            buffer.Add(1, "b");
            var shown = buffer.Step();
            Assert.Equal([step, step], shown.Select(text => text.Length));
        }
    }

    [Fact]
    public void Step_SwappedSpeeds_ShowsTheSameLengths()
    {
        Assert.Equal(Lengths(fast: 0), Lengths(fast: 1));

        static List<int> Lengths(int fast)
        {
            var buffer = new LockstepBuffer(2);
            List<int> lengths = [];
            for (var step = 0; step < 50; step++)
            {
                buffer.Add(fast, "ffffffffff");
                if (step % 3 == 0) buffer.Add(1 - fast, "ss");
                lengths.AddRange(buffer.Step().Select(text => text.Length));
            }
            return lengths;
        }
    }

    [Fact]
    public void Step_ShorterTextHasEnded_TheLongerGoesOnAtTheirPace()
    {
        var buffer = new LockstepBuffer(2);
        buffer.Add(0, "short");
        buffer.End(0);
        for (var step = 0; step < 5; step++)
        {
            buffer.Add(1, "l");
            buffer.Step();
        }
        buffer.Add(1, new string('l', 1000));   // the rest comes at once
        var next = buffer.Step();

        Assert.Equal("short", next[0]);
        Assert.InRange(next[1].Length, 6, 20);
        Assert.False(buffer.IsDone);
        buffer.End(1);
        for (var step = 0; step < 300 && !buffer.IsDone; step++) buffer.Step();
        Assert.True(buffer.IsDone);
        Assert.Equal(1005, buffer.Shown()[1].Length);
    }

    [Fact]
    public void Step_ThroughAnEmoji_NeverShowsHalf()
    {
        var buffer = new LockstepBuffer(2);
        for (var step = 0; step < 40; step++)
        {
            buffer.Add(0, "😀");
            buffer.Add(1, "a");
            Assert.All(buffer.Step(), text => Assert.False(text.Length > 0 && char.IsHighSurrogate(text[^1])));
        }
    }

    [Fact]
    public async Task ReadAsync_ToTheEnd_GivesBothWhole()
    {
        var time = new FakeTimeProvider();
        var steps = 0;
        LockstepStep? last = null;
        await using var read = LockstepStreams.ReadAsync([Pieces("one two three four"), Pieces("five")], time, default).GetAsyncEnumerator();
        while (true)
        {
            var next = read.MoveNextAsync().AsTask();
            while (!next.IsCompleted)
            {
                time.Advance(LockstepStreams.Beat);
                await Task.Yield();
            }
            if (!await next) break;
            last = read.Current;
            steps++;
        }

        Assert.Equal(["one two three four", "five"], last!.Shown);
        Assert.True(steps > 2, "It was shown at once.");
    }

    [Fact]
    public async Task ReadAsync_OneBreaksOff_SaysSo()
    {
        var time = new FakeTimeProvider();
        var reading = Task.Run(async () =>
        {
            await foreach (var _ in LockstepStreams.ReadAsync([Pieces("one two three four"), Broken()], time, default)) { }
        });
        while (!reading.IsCompleted)
        {
            time.Advance(LockstepStreams.Beat);
            await Task.Yield();
        }

        await Assert.ThrowsAsync<ModelException>(() => reading);
    }

    private static async IAsyncEnumerable<string> Pieces(string text)
    {
        foreach (var letter in text)
        {
            await Task.Yield();
            yield return letter.ToString();
        }
    }

    private static async IAsyncEnumerable<string> Broken()
    {
        yield return "so far";
        await Task.Yield();
        throw new ModelException("It is gone.");
    }
}
