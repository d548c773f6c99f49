using Nabla.Graphs;
using Nabla.Ops.Random;

namespace Nabla;

/// <summary>
/// The source of a stream of random numbers: a value, not a state. The same key gives the same numbers, and keys folded with different
/// data give independent ones. The generator is Philox 4x32-10 (Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, 2011).
/// </summary>
/// <example><code>Tensor noise = RandomKey.FromSeed(7).Fold("noise").Normal([64, 10]);</code></example>
public readonly record struct RandomKey
{
    private readonly ulong bits;
    private readonly KeySource? source;

    /// <summary>A key of 64 bits.</summary>
    public RandomKey(ulong value) => bits = value;

    /// <summary>A key whose bits are known in each run of a graph.</summary>
    internal RandomKey(KeySource source) => this.source = source;

    /// <summary>The 64 bits of the key.</summary>
    public ulong Value => source?.Current ?? bits;

    /// <summary>Whether the key has bits only while a graph runs.</summary>
    internal bool IsSymbolic => source is not null;

    /// <summary>The key of a seed.</summary>
    public static RandomKey FromSeed(long seed) => new((ulong)seed);

    /// <summary>A key of its own for a number, such as a step.</summary>
    public RandomKey Fold(long data)
    {
        if (source is not null)
        {
            return new RandomKey(new FoldedKey(source, data));
        }

        (uint a, uint b, _, _) = Philox.Block(Value, (ulong)data, stream: 1);
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

    /// <summary>Numbers from <paramref name="low"/> up to, not including, <paramref name="high"/>, each equally likely.</summary>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="low">The lower bound.</param>
    /// <param name="high">The upper bound.</param>
    /// <param name="dataType">float32, of 24 random bits each, or float64, of 53.</param>
    /// <exception cref="ArgumentException">The bounds are not in order, or the type has no fractions.</exception>
    public Tensor Uniform(Shape shape, double low = 0, double high = 1, DataType dataType = DataType.Float32) => low < high
        ? new RandomUniform(this, new TensorType(dataType, shape), low, high).ApplyOne()
        : throw new ArgumentException($"Uniform expects low < high but got {low} and {high}.");

    /// <summary>Numbers of the normal distribution, by the method of Box and Muller (A Note on the Generation of Random Normal Deviates, 1958).</summary>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="deviation">The standard deviation.</param>
    /// <param name="dataType">float32 or float64.</param>
    /// <exception cref="ArgumentException">The type has no fractions.</exception>
    public Tensor Normal(Shape shape, double mean = 0, double deviation = 1, DataType dataType = DataType.Float32) =>
        new RandomNormal(this, new TensorType(dataType, shape), mean, deviation).ApplyOne();

    /// <summary>Numbers of the normal distribution without those more than two deviations from the mean.</summary>
    /// <inheritdoc cref="Normal"/>
    public Tensor TruncatedNormal(Shape shape, double mean = 0, double deviation = 1, DataType dataType = DataType.Float32) =>
        new RandomTruncatedNormal(this, new TensorType(DataType.Float32, shape), mean, deviation).ApplyOne().To(dataType);

    /// <summary>Ones with a probability, else zeros.</summary>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="probability">How likely a one is, from 0 to 1.</param>
    /// <param name="dataType">The type of the result.</param>
    public Tensor Bernoulli(Shape shape, double probability = 0.5, DataType dataType = DataType.Float32) => probability is >= 0 and <= 1
        ? new RandomBernoulli(this, new TensorType(DataType.Float32, shape), probability).ApplyOne().To(dataType)
        : throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability is from 0 to 1.");

    /// <summary>Integers from <paramref name="low"/> up to, not including, <paramref name="high"/>, each equally likely.</summary>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="low">The lower bound.</param>
    /// <param name="high">The upper bound.</param>
    /// <param name="dataType">int32, int64 or uint8.</param>
    /// <exception cref="ArgumentException">The bounds are not in order or not of the type.</exception>
    public Tensor Integers(Shape shape, long low, long high, DataType dataType = DataType.Int32) => low < high
        ? new RandomIntegers(this, new TensorType(dataType, shape), low, high).ApplyOne()
        : throw new ArgumentException($"Integers expects low < high but got {low} and {high}.");

    /// <summary>The int32 numbers from 0 to <paramref name="count"/> - 1 in random order, each order equally likely (Fisher and Yates).</summary>
    public Tensor Permutation(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new RandomPermutation(this, count).ApplyOne();
    }
}
