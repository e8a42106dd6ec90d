namespace RlhfHub.Training.Generation;

/// <summary>
/// The n-th number of a seed's stream, computed on its own: a text's draws depend on nothing but its seed, not on its neighbours in a batch nor on a device.
/// SplitMix64, Steele et al. 2014, https://doi.org/10.1145/2660193.2660195.
/// </summary>
internal static class SeededUniform
{
    /// <summary>A number in [0, 1), uniform to 53 bits.</summary>
    public static double At(long seed, long index)
    {
        // Seeds are mixed once by themselves: neighbouring seeds must not give shifted copies of one stream.
        var state = Mix((ulong)seed + Golden) + (ulong)(index + 1) * Golden;
        return (Mix(state) >> 11) * (1.0 / (1UL << 53));
    }

    private const ulong Golden = 0x9e3779b97f4a7c15;

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
