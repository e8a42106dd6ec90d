using RlhfHub.Training.Optimizers;
using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Trainers;

/// <summary>How many episodes go through the models in one pass: as many as was asked for, or fewer where memory did not suffice.</summary>
/// <param name="session">The run, which writes the size down.</param>
/// <param name="size">As asked for.</param>
/// <param name="parameters">What a pass that failed may have left gradients in.</param>
internal sealed class PpoMicroBatch(RunSession session, int size, params FlatParameters[] parameters)
{
    public int Size { get; private set; } = size;

    /// <summary>Takes no more than a run did before it was resumed.</summary>
    public void LimitTo(int size)
    {
        Size = Math.Min(Size, size);
        session.Describe(Size);
    }

    /// <summary>Does something that is cut into micro-batches, and again with smaller ones where memory does not suffice.</summary>
    public T Within<T>(Func<T> work)
    {
        while (true)
        {
            try
            {
                return work();
            }
            catch (Exception error) when (Size > 1 && OutOfMemory.Is(error))
            {
                foreach (var part in parameters) part.ZeroGradients();
                Size = (Size + 1) / 2;
                session.Log.Append(new LogEvent($"Out of memory: going on with {Size} episodes in a pass, which changes nothing but the time.", RunLogLevel.Warning));
                session.Describe(Size);
            }
        }
    }
}
