namespace Nabla;

/// <summary>
/// The source of a stream of random numbers: a value, not a state. The same key gives the same numbers, and keys folded with different
/// data give independent ones. The generator is Philox 4x32-10 (Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, 2011).
/// </summary>
/// <param name="Value">The 64 bits of the key.</param>
public readonly record struct RandomKey(ulong Value)
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>The key of a seed.</summary>
    public static RandomKey FromSeed(long seed) => new((ulong)seed);

    /// <summary>A key of its own for a number, such as a step.</summary>
    public RandomKey Fold(long data)
    {
        (uint a, uint b, _, _) = Block(Value, (ulong)data, stream: 1);
        return new RandomKey(((ulong)b << 32) | a);
    }

    /// <summary>A key of its own for a name, such as that of a parameter.</summary>
    public RandomKey Fold(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        RandomKey key = Fold(name.Length);
        foreach (char letter in name)
        {
            key = key.Fold(letter);
        }

        return key;
    }

    /// <summary>Numbers between 0 (inclusive) and 1 (exclusive), each equally likely.</summary>
    public Tensor Uniform(Shape shape)
    {
        float[] values = new float[shape.ElementCount];
        for (int index = 0; index < values.Length; index += 4)
        {
            (uint a, uint b, uint c, uint d) = Block(Value, (ulong)index, stream: 0);
            Put(values, index, ToUnit(a), ToUnit(b), ToUnit(c), ToUnit(d));
        }

        return Tensor.From(values, shape);
    }

    /// <summary>Numbers of the normal distribution with mean 0 and deviation 1, by the method of Box and Muller.</summary>
    public Tensor Normal(Shape shape)
    {
        float[] values = new float[shape.ElementCount];
        for (int index = 0; index < values.Length; index += 4)
        {
            (uint a, uint b, uint c, uint d) = Block(Value, (ulong)index, stream: 0);
            (double x, double y) = BoxMuller(a, b);
            (double z, double w) = BoxMuller(c, d);
            Put(values, index, (float)x, (float)y, (float)z, (float)w);
        }

        return Tensor.From(values, shape);
    }

    private static void Put(float[] values, int index, float a, float b, float c, float d)
    {
        ReadOnlySpan<float> four = [a, b, c, d];
        four[..Math.Min(4, values.Length - index)].CopyTo(values.AsSpan(index));
    }

    private static float ToUnit(uint bits) => (bits >> 8) * (1f / (1 << 24));

    private static (double X, double Y) BoxMuller(uint first, uint second)
    {
        double radius = Math.Sqrt(-2 * Math.Log((first + 1.0) / 4294967296.0));
        (double sine, double cosine) = Math.SinCos(second * (2 * Math.PI / 4294967296.0));
        return (radius * cosine, radius * sine);
    }

    private static (uint A, uint B, uint C, uint D) Block(ulong key, ulong counter, uint stream)
    {
        (uint a, uint b, uint c, uint d) = ((uint)counter, (uint)(counter >> 32), stream, 0u);
        (uint key0, uint key1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * a;
            ulong product1 = (ulong)Multiplier1 * c;
            (a, b, c, d) = ((uint)(product1 >> 32) ^ b ^ key0, (uint)product1, (uint)(product0 >> 32) ^ d ^ key1, (uint)product0);
            key0 += Weyl0;
            key1 += Weyl1;
        }

        return (a, b, c, d);
    }
}
