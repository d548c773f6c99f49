using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise.Kernels;

namespace Nabla.Backends.Cpu.Random;

/// <summary>Makes numbers of a distribution from random words, a group of words at a time.</summary>
internal unsafe interface IDraw<T>
    where T : unmanaged
{
    /// <summary>The words for one number.</summary>
    static abstract int WordsPerNumber { get; }

    /// <summary>Writes as many numbers as <see cref="PhiloxWords.Group"/> words give.</summary>
    void Draw(uint* words, T* target);
}

/// <summary>24 bits as a float32 from 0 up to 1, scaled.</summary>
internal readonly unsafe struct UniformSingle(double low, double high) : IDraw<float>
{
    private readonly float low = (float)low;
    private readonly float range = (float)(high - low);
    private readonly float last = MathF.BitDecrement((float)high);

    public static int WordsPerNumber => 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Draw(uint* words, float* target)
    {
        for (int index = 0; index < PhiloxWords.Group; index += Vector512<uint>.Count)
        {
            Vector512<float> unit = Unit(Vector512.Load(words + index));
            Vector512.Min(Vector512.FusedMultiplyAdd(unit, Vector512.Create(range), Vector512.Create(low)), Vector512.Create(last)).Store(target + index);
        }
    }

    /// <summary>The upper 24 bits as a number from 0 up to 1.</summary>
    public static Vector512<float> Unit(Vector512<uint> words) => Vector512.ConvertToSingle((words >>> 8).AsInt32()) * Vector512.Create(1f / (1 << 24));
}

/// <summary>53 bits as a float64 from 0 up to 1, scaled.</summary>
internal readonly unsafe struct UniformDouble(double low, double high) : IDraw<double>
{
    public static int WordsPerNumber => 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Draw(uint* words, double* target)
    {
        ulong* pairs = (ulong*)words;
        double last = Math.BitDecrement(high);
        for (int index = 0; index < PhiloxWords.Group / 2; index++)
        {
            double unit = (pairs[index] >> 11) * (1.0 / (1L << 53));
            target[index] = Math.Min(Math.FusedMultiplyAdd(unit, high - low, low), last);
        }
    }
}

/// <summary>Pairs of words as pairs of normal float32 numbers, by Box and Muller: the first half of a group gives radii, the second angles.</summary>
internal readonly unsafe struct NormalSingle(double mean, double deviation) : IDraw<float>
{
    private readonly float mean = (float)mean;
    private readonly float deviation = (float)deviation;

    public static int WordsPerNumber => 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Draw(uint* words, float* target)
    {
        // 1 - unit is above 0.
        Vector512<float> positive = Vector512<float>.One - UniformSingle.Unit(Vector512.Load(words));
        Vector512<float> radius = Vector512.Sqrt(Vector512.Create(-2f) * Logarithm.Log(positive)) * Vector512.Create(deviation);
        (Vector512<float> sine, Vector512<float> cosine) = SineAndCosine(Vector512.Load(words + 16));
        Vector512.FusedMultiplyAdd(radius, cosine, Vector512.Create(mean)).Store(target);
        Vector512.FusedMultiplyAdd(radius, sine, Vector512.Create(mean)).Store(target + 16);
    }

    // Of an angle in units of 2^-32 turns: the nearest quarter turn and a rest of at most pi / 4, where short series are exact to float32.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Sine, Vector512<float> Cosine) SineAndCosine(Vector512<uint> turns)
    {
        Vector512<uint> quarter = (turns + Vector512.Create(1u << 29)) >>> 30;
        Vector512<float> angle = Vector512.ConvertToSingle((turns - (quarter << 30)).AsInt32()) * Vector512.Create(MathF.PI / (1L << 31));
        Vector512<float> square = angle * angle;
        Vector512<float> sine = Vector512.Create(-1f / 5040).Then(square, 1.0 / 120).Then(square, -1.0 / 6).Then(square, 1) * angle;
        Vector512<float> cosine = Vector512.Create(1f / 40320).Then(square, -1.0 / 720).Then(square, 1.0 / 24).Then(square, -0.5).Then(square, 1);

        // Each quarter turn exchanges the two; the sine is negative in the second half of a turn, the cosine in the middle.
        Vector512<float> odd = Vector512.Equals(quarter & Vector512<uint>.One, Vector512<uint>.One).AsSingle();
        Vector512<float> sineSign = ((quarter << 30) & Vector512.Create(1u << 31)).AsSingle();
        Vector512<float> cosineSign = (((quarter + Vector512<uint>.One) << 30) & Vector512.Create(1u << 31)).AsSingle();
        return (Vector512.ConditionalSelect(odd, cosine, sine) ^ sineSign, Vector512.ConditionalSelect(odd, sine, cosine) ^ cosineSign);
    }
}

/// <summary>Pairs of 64 bits as pairs of normal float64 numbers, by Box and Muller.</summary>
internal readonly unsafe struct NormalDouble(double mean, double deviation) : IDraw<double>
{
    public static int WordsPerNumber => 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Draw(uint* words, double* target)
    {
        ulong* pairs = (ulong*)words;
        for (int index = 0; index < PhiloxWords.Group / 2; index += 2)
        {
            double positive = 1 - ((pairs[index] >> 11) * (1.0 / (1L << 53)));
            double radius = Math.Sqrt(-2 * Math.Log(positive)) * deviation;
            (double sine, double cosine) = Math.SinCos((long)pairs[index + 1] * (Math.PI / 9223372036854775808.0));
            target[index] = Math.FusedMultiplyAdd(radius, cosine, mean);
            target[index + 1] = Math.FusedMultiplyAdd(radius, sine, mean);
        }
    }
}

/// <summary>
/// Normal numbers within two deviations: the inverse of the error function at a uniform number (Giles, Approximating the erfinv Function,
/// GPU Computing Gems, 2010, whose central polynomial covers them).
/// </summary>
internal readonly unsafe struct TruncatedNormalSingle(double mean, double deviation) : IDraw<float>
{
    // erf(sqrt 2): the share of the normal distribution within two deviations.
    private const float Share = 0.95449973610364158f;

    private readonly float mean = (float)mean;
    private readonly float scale = (float)(deviation * Math.Sqrt(2));
    private readonly float farthest = (float)(2 * deviation);

    public static int WordsPerNumber => 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Draw(uint* words, float* target)
    {
        for (int index = 0; index < PhiloxWords.Group; index += Vector512<uint>.Count)
        {
            // From -1 to 1 without the ends, symmetric about 0.
            Vector512<float> centred = Vector512.ConvertToSingle(((Vector512.Load(words + index) >>> 8) | Vector512<uint>.One).AsInt32() - Vector512.Create(1 << 23));
            Vector512<float> x = centred * Vector512.Create(Share / (1 << 23));
            Vector512<float> w = Vector512.Create(-2.5f) - Logarithm.Log((Vector512<float>.One - x) * (Vector512<float>.One + x));
            Vector512<float> series = Vector512.Create(2.81022636e-08f)
                .Then(w, 3.43273939e-07)
                .Then(w, -3.5233877e-06)
                .Then(w, -4.39150654e-06)
                .Then(w, 0.00021858087)
                .Then(w, -0.00125372503)
                .Then(w, -0.00417768164)
                .Then(w, 0.246640727)
                .Then(w, 1.50140941);
            Vector512<float> offset = Vector512.Clamp(series * x * Vector512.Create(scale), Vector512.Create(-farthest), Vector512.Create(farthest));
            (offset + Vector512.Create(mean)).Store(target + index);
        }
    }
}

/// <summary>One where a word is below a threshold, else zero.</summary>
internal readonly unsafe struct BernoulliSingle(double probability) : IDraw<float>
{
    private readonly ulong threshold = (ulong)Math.Round(probability * (1L << 32));

    public static int WordsPerNumber => 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Draw(uint* words, float* target)
    {
        Vector512<uint> last = Vector512.Create((uint)(threshold - 1));
        Vector512<float> one = threshold == 0 ? Vector512<float>.Zero : Vector512<float>.One;
        for (int index = 0; index < PhiloxWords.Group; index += Vector512<uint>.Count)
        {
            (Vector512.LessThanOrEqual(Vector512.Load(words + index), last).AsSingle() & one).Store(target + index);
        }
    }
}

/// <summary>64 bits times the size of the range: the upper half of the product.</summary>
internal readonly unsafe struct IntegerDraw<T>(long low, long high) : IDraw<T>
    where T : unmanaged, INumber<T>
{
    public static int WordsPerNumber => 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public void Draw(uint* words, T* target)
    {
        ulong* pairs = (ulong*)words;
        for (int index = 0; index < PhiloxWords.Group / 2; index++)
        {
            target[index] = T.CreateTruncating(low + (long)Math.BigMul(pairs[index], (ulong)(high - low), out _));
        }
    }
}
