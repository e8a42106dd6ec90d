namespace RlhfHub.Training.Devices;

/// <summary>
/// How many compiled products and convolutions oneDNN, within libtorch, keeps for the next time: each is for one shape only. Where lengths vary its default
/// of 1,024 fills up with what is seldom asked for again, and such small long-lived blocks between the tensors keep the heap's holes apart: SFT of a small
/// model took 0.4 to 0.8 GB more for it. A step of one shape needs about 20.
/// https://uxlfoundation.github.io/oneDNN/dev_guide_primitive_cache.html
/// </summary>
internal static class OneDnnCache
{
    private const string Capacity = "64";

    /// <summary>Sets the limit for a libtorch that is not loaded yet, unless the environment already says something.</summary>
    public static void Limit() => NativeEnvironment.SetDefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", Capacity);
}
