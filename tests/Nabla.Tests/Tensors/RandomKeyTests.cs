using Nabla.Backends.Cpu;

namespace Nabla.Tests.Tensors;

[Collection(nameof(WorkerPool))]
public sealed class RandomKeyTests
{
    private static readonly RandomKey Key = RandomKey.FromSeed(20240229);

    [Fact]
    public void Words_are_those_of_the_published_generator()
    {
        // From the known answers of Random123 for philox4x32-10: counter and key all zeros, and all ones.
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Philox.Block(0, 0, 0));
    }

    [Fact]
    public unsafe void Many_words_at_once_equal_those_of_single_counters()
    {
        uint[] words = new uint[96];
        const ulong First = 0xFFFFFFE0;
        fixed (uint* target = words)
        {
            Nabla.Backends.Cpu.Random.PhiloxWords.Write(Key.Value, First, target, words.Length);
        }

        for (int index = 0; index < words.Length; index += 4)
        {
            (uint a, uint b, uint c, uint d) = Philox.Block(Key.Value, First + (ulong)index, 0);
            Assert.Equal([a, b, c, d], words[index..(index + 4)]);
        }
    }

    [Fact]
    public void Uniform_numbers_are_the_upper_bits_of_the_words()
    {
        float[] numbers = Key.Uniform([37]).ToArray<float>();
        for (int index = 0; index < numbers.Length; index++)
        {
            (uint a, uint b, uint c, uint d) = Philox.Block(Key.Value, (ulong)(index & ~3), 0);
            Assert.Equal((new[] { a, b, c, d }[index & 3] >> 8) / 16777216f, numbers[index]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(58982)]
    [InlineData(65536)]
    public void A_mask_is_true_where_a_half_of_a_word_is_below_its_share(int share)
    {
        bool[] mask = new Nabla.Ops.Random.RandomMask(Key, [3, 701], share).ApplyOne().ToArray<bool>();
        for (int index = 0; index < mask.Length; index++)
        {
            (uint a, uint b, uint c, uint d) = Philox.Block(Key.Value, (ulong)(index / 2 & ~3), 0);
            uint word = new[] { a, b, c, d }[index / 2 & 3];
            Assert.Equal((index % 2 == 0 ? word & 0xFFFF : word >> 16) < share, mask[index]);
        }
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    public void Distributions_have_their_moments(DataType dataType)
    {
        const int Count = 100_003;
        CheckMoments(Key.Uniform([Count], 2, 5, dataType), 3.5, Math.Sqrt(0.75), 1.8, 2, 5);
        CheckMoments(Key.Normal([Count], 1, 2, dataType), 1, 2, 3, -13, 15);
        CheckMoments(Key.TruncatedNormal([Count], 1, 2, dataType), 1, 2 * 0.8796256610342398, 2.3655, -3, 5);
        CheckMoments(Key.Bernoulli([Count], 0.3, dataType), 0.3, Math.Sqrt(0.21), 1.7619, 0, 1);
        CheckMoments(Key.Integers([Count], -3, 4).To(dataType), 0, 2, 1.75, -3, 3);
    }

    [Fact]
    public void Rare_numbers_of_the_normal_distribution_come_as_often_as_they_should()
    {
        float[] numbers = Key.Normal([400_000]).ToArray<float>();
        foreach ((double bound, double share) in new[] { (1, 0.1586553), (2, 0.0227501), (3, 0.0013499), (4, 0.00003167) })
        {
            double expected = share * numbers.Length;
            Assert.Equal(expected, numbers.Count(number => number > bound), 4 * Math.Sqrt(expected));
            Assert.Equal(expected, numbers.Count(number => number < -bound), 4 * Math.Sqrt(expected));
        }
    }

    [Fact]
    public void Integers_reach_all_numbers_of_their_range_and_no_other()
    {
        Assert.Equal([7, 8, 9], Key.Integers([500], 7, 10).ToArray<int>().Distinct().Order());
        Assert.Equal(256, Key.Integers([10_000], 0, 256, DataType.UInt8).ToArray<byte>().Distinct().Count());
        Assert.Contains(Key.Integers([100], long.MinValue, long.MaxValue, DataType.Int64).ToArray<long>(), number => number < -(1L << 60));
    }

    [Fact]
    public void A_permutation_has_each_number_once_and_each_place_gets_all()
    {
        Assert.Equal(Enumerable.Range(0, 1001), Key.Permutation(1001).ToArray<int>().Order());
        int[][] orders = [.. Enumerable.Range(0, 6000).Select(index => Key.Fold(index).Permutation(3).ToArray<int>())];
        int[] counts = [.. orders.GroupBy(order => string.Join(',', order)).Select(group => group.Count())];
        Assert.Equal(6, counts.Length);
        Assert.All(counts, count => Assert.Equal(1000, count, 150.0));
    }

    [Fact]
    public void Keys_that_differ_give_numbers_that_differ()
    {
        HashSet<ulong> seen = [];
        for (int index = 0; index < 1000; index++)
        {
            Assert.True(seen.Add(Key.Fold(index).Value));
            Assert.True(seen.Add(Key.Fold($"name {index}").Value));
            Assert.True(seen.Add(Key.Fold(3).Fold(index).Value));
        }

        Assert.NotEqual(Key.Uniform([8]).ToArray<float>(), Key.Fold(0).Uniform([8]).ToArray<float>());
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_numbers()
    {
        byte[][] runs = [.. Backends.Cpu.Threads.Counts.Select(count =>
        {
            byte[] bytes = [];
            Backends.Cpu.Threads.With(count, () => bytes = [.. Key.Uniform([70_001]).AsBytes(), .. Key.Normal([70_001]).AsBytes(), .. Key.Integers([70_001], 0, 9).AsBytes()]);
            return bytes;
        })];
        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(runs[0], runs[2]);
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused()
    {
        Assert.Contains("1 and 0", Assert.Throws<ArgumentException>(() => Key.Uniform([2], 1, 0)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Key.Bernoulli([2], 1.5));
        Assert.Contains("uint8", Assert.Throws<ArgumentException>(() => Key.Integers([2], 0, 300, DataType.UInt8)).Message, StringComparison.Ordinal);
        Assert.Contains("int32", Assert.Throws<ArgumentException>(() => Key.Normal([2], dataType: DataType.Int32)).Message, StringComparison.Ordinal);
    }

    private static void CheckMoments(Tensor numbers, double mean, double deviation, double kurtosis, double low, double high)
    {
        double[] values = numbers.To(DataType.Float64).ToArray<double>();
        double root = Math.Sqrt(values.Length);
        double average = values.Average();
        double variance = values.Average(value => Math.Pow(value - average, 2));
        Assert.Equal(mean, average, 4 * deviation / root);
        Assert.Equal(deviation, Math.Sqrt(variance), 4 * deviation * Math.Sqrt(Math.Max(0.1, kurtosis - 1)) / (2 * root));
        Assert.Equal(kurtosis, values.Average(value => Math.Pow((value - average) / deviation, 4)), 0.05 * kurtosis);
        Assert.All(values, value => Assert.InRange(value, low, high));
    }
}
