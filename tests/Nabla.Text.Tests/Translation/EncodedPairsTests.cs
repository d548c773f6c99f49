using Nabla.Data;

namespace Nabla.Text.Tests;

public sealed class EncodedPairsTests
{
    [Fact]
    public void A_pair_is_the_sentence_the_translation_so_far_and_what_comes_next()
    {
        ParallelTexts pairs = new("pairs", ["one two three", "five"], ["drei zwei eins", "fünf fünf fünf"], 0);
        EncodedPairs encoded = EncodedPairs.Of(pairs, NumberWords.Source, NumberWords.Target);
        Sample[] samples = [.. encoded.Samples.Epoch(0)];
        Assert.Equal([4, 5, 6, 3, 2, 6, 5, 4], samples[0].Input.ToArray<int>());
        Assert.Equal([2, 4], samples[0].Input.Shape.ToArray());
        Assert.Equal([6, 5, 4, 3], samples[0].Target!.ToArray<int>());
        Assert.Equal([8, 3, 0, 0, 2, 8, 8, 8], samples[1].Input.ToArray<int>());
        Assert.Equal([8, 8, 8, 3], samples[1].Target!.ToArray<int>());
        Assert.Equal((0, 0), (encoded.Truncated, encoded.Unknown));
    }

    [Fact]
    public void What_is_cut_off_and_what_is_unknown_is_counted()
    {
        string tooLong = string.Join(' ', Enumerable.Repeat("one", 8));
        ParallelTexts pairs = new("pairs", [tooLong, "nine", "one nine"], ["eins", "neun", string.Join(' ', Enumerable.Repeat("eins", 9))], 0);
        EncodedPairs encoded = EncodedPairs.Of(pairs, NumberWords.Source, NumberWords.Target);
        Assert.Equal((2, 1), (encoded.Truncated, encoded.Unknown));
        Assert.All(encoded.Samples.Epoch(0), sample => Assert.InRange(sample.Input.Shape[1], 1, 8));
        Assert.Equal(3, encoded.Samples.Epoch(0).First().Input.ToArray<int>()[7]);
    }
}
