namespace Nabla.Data.Pipeline;

/// <summary>Random orders that depend on nothing but their seed and epoch (Fisher and Yates, in Durstenfeld's form).</summary>
internal static class Permutation
{
    /// <summary>The numbers from 0 to <paramref name="count"/> - 1 in random order.</summary>
    public static int[] Of(int count, long seed, int epoch)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        ulong key = Mix(Mix((ulong)seed) ^ (uint)epoch);
        for (int index = count - 1; index > 0; index--)
        {
            // The upper half of a product with 64 random bits; its bias is below 2^-32.
            int other = (int)Math.BigMul(Mix(key + (ulong)index), (ulong)index + 1, out _);
            (order[index], order[other]) = (order[other], order[index]);
        }

        return order;
    }

    // SplitMix64's finaliser: a good hash of a counter (Steele, Lea and Flood 2014).
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
