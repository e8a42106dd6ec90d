namespace RlhfHub.Worker.Serving.Engine;

/// <summary>How many texts are taken in: a queue without end would only make all callers wait.</summary>
internal sealed class PlaceCounter(int most)
{
    private int taken;

    public int Most => most;

    public int Taken => Volatile.Read(ref taken);

    /// <summary>Takes places until the result is disposed; null when there are not so many.</summary>
    public IDisposable? TryTake(int count)
    {
        for (var before = Taken; before + (long)count <= most; before = Taken)
            if (Interlocked.CompareExchange(ref taken, before + count, before) == before) return new Places(this, count);
        return null;
    }

    private sealed class Places(PlaceCounter counter, int count) : IDisposable
    {
        private int held = count;

        public void Dispose() => Interlocked.Add(ref counter.taken, -Interlocked.Exchange(ref held, 0));
    }
}
