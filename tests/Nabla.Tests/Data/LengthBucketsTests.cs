using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class LengthBucketsTests
{
    private static readonly int[] Lengths = [.. Enumerable.Range(0, 203).Select(index => 1 + (index * 37 % 29))];

    [Fact]
    public void Each_sample_is_in_one_batch_of_samples_of_similar_length()
    {
        Batch[] batches = [.. Samples().Batch(16, new LengthBuckets { Multiple = 4 }, seed: 3).Epoch(1)];
        Assert.Equal(Enumerable.Range(0, Lengths.Length), batches.SelectMany(Numbers).Order());
        Assert.All(batches, batch => Assert.Equal(LongestOf(batch), batch.Input.Shape[1]));
        Assert.Equal(Lengths.Length % 16, Assert.Single(batches, batch => batch.Count != 16).Count);
        int filled = batches.Sum(batch => batch.Input.ElementCount);
        Assert.InRange(filled, Lengths.Sum(), Lengths.Sum() * 1.2);
        Assert.NotEqual(batches.Select(batch => batch.Input.Shape[1]).OrderDescending(), batches.Select(batch => batch.Input.Shape[1]));

        static int LongestOf(Batch batch) => Math.Min(29, (Numbers(batch).Max(number => Lengths[number]) + 3) / 4 * 4);
    }

    [Fact]
    public void Texts_keep_their_tokens_whatever_they_are_filled_up_to()
    {
        foreach (Batch batch in Samples().Batch(16, new LengthBuckets(), seed: 3).Epoch(0))
        {
            int[] numbers = Numbers(batch);
            for (int row = 0; row < numbers.Length; row++)
            {
                int[] tokens = batch.Input[row].ToArray<int>();
                Assert.Equal(TokensOf(numbers[row]), tokens[..Lengths[numbers[row]]]);
                Assert.All(tokens[Lengths[numbers[row]]..], token => Assert.Equal(0, token));
            }
        }
    }

    [Fact]
    public void The_order_depends_on_seed_and_epoch_alone_and_an_epoch_can_begin_anywhere()
    {
        Dataset<Batch> batches = Samples().Batch(16, new LengthBuckets(), seed: 3);
        int[] first = [.. batches.Epoch(1).SelectMany(Numbers)];
        Assert.Equal(first, Samples().Batch(16, new LengthBuckets(), seed: 3).Epoch(1).SelectMany(Numbers));
        Assert.NotEqual(first, batches.Epoch(2).SelectMany(Numbers));
        Assert.NotEqual(first, Samples().Batch(16, new LengthBuckets(), seed: 4).Epoch(1).SelectMany(Numbers));
        Assert.Equal(batches.Epoch(1).Skip(5).SelectMany(Numbers), batches.Epoch(1, start: 5).SelectMany(Numbers));
        Assert.Equal(13, batches.Count);
    }

    [Fact]
    public void Batches_of_tokens_have_as_many_samples_as_fit()
    {
        Dataset<Batch> dataset = Samples().Batch(1, new LengthBuckets { Multiple = 4, Tokens = 96, Window = 4 }, seed: 3);
        Batch[] batches = [.. dataset.Epoch(0)];
        Assert.Equal(Enumerable.Range(0, Lengths.Length), batches.SelectMany(Numbers).Order());
        Assert.All(batches, batch => Assert.InRange(batch.Input.ElementCount, 1, 96));
        Assert.Single(batches, batch => batch.Count != 96 / batch.Input.Shape[1]);
        Assert.Null(dataset.Count);
        Assert.All(Samples().Batch(1, new LengthBuckets { Tokens = 3 }, seed: 3).Epoch(0), batch => Assert.Equal(1, batch.Count));
    }

    [Fact]
    public void Texts_that_are_filled_up_already_are_cut_and_so_are_targets_of_tokens()
    {
        int[] tokens = [5, 6, 0, 0, 0, 0, 7, 8, 9, 0, 0, 0, /**/ 1, 0, 0, 0, 0, 0, 2, 3, 0, 0, 0, 0];
        int[] labels = [6, 7, 8, 9, -1, -1, /**/ 3, -1, -1, -1, -1, -1];
        Dataset<Sample> samples = Dataset.FromTensors(Tensor.From(tokens, [2, 2, 6]), Tensor.From(labels, [2, 6]));
        Batch batch = Assert.Single(samples.Batch(2, new LengthBuckets { Multiple = 1, TargetPadding = -1 }).Epoch(0));
        Assert.Equal([5, 6, 0, 0, 7, 8, 9, 0, 1, 0, 0, 0, 2, 3, 0, 0], batch.Input.ToArray<int>());
        Assert.Equal([2, 2, 4], batch.Input.Shape);
        Assert.Equal([6, 7, 8, 9, 3, -1, -1, -1], batch.Targets!.ToArray<int>());
        Assert.Equal([2, 6], Assert.Single(samples.Batch(2, new LengthBuckets { Multiple = 1 }).Epoch(0)).Targets!.Shape);
    }

    [Fact]
    public void Without_a_seed_samples_keep_their_order()
    {
        Batch[] batches = [.. Samples().Batch(8, new LengthBuckets { Tokens = 64 }).Epoch(0)];
        Assert.Equal(Enumerable.Range(0, Lengths.Length), batches.SelectMany(Numbers));
        Assert.All(batches, batch => Assert.True(batch.Count == 1 || batch.Input.ElementCount <= 64));
    }

    [Fact]
    public void Lengths_are_few_however_long_texts_are()
    {
        Sample[] samples = [.. Enumerable.Range(1, 300).Select(length => new Sample(Tensor.From([.. Enumerable.Repeat(3, length)])))];
        int[] lengths = [.. Dataset.FromEnumerable(samples).Batch(1, new LengthBuckets(), seed: 1).Epoch(0).Select(batch => batch.Input.Shape[1]).Distinct().Order()];
        Assert.Equal([32, 64, 96, 128, 160, 192, 224, 256, 288, 300], lengths);
    }

    [Fact]
    public void Empty_texts_are_padding_and_what_is_not_tokens_is_refused()
    {
        Sample empty = new(Tensor.From(Array.Empty<int>(), [0]));
        Batch batch = Assert.Single(Dataset.FromEnumerable([empty, new Sample(Tensor.From([4, 5, 6]))]).Batch(2, new LengthBuckets { Multiple = 2 }).Epoch(0));
        Assert.Equal([0, 0, 0, 4, 5, 6], batch.Input.ToArray<int>());
        Dataset<Batch> wrong = Dataset.FromTensors(Tensor.Ones([2, 3])).Batch(2, new LengthBuckets());
        Assert.Contains("sample 0 has float32[3]", Assert.Throws<ArgumentException>(() => wrong.Epoch(0).First()).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LengthBuckets { Multiple = 0 });
    }

    private static int[] TokensOf(int number) => [.. Enumerable.Range(0, Lengths[number]).Select(place => 2 + ((number + place) % 50))];

    // The target is the number of the sample.
    private static Dataset<Sample> Samples() =>
        Dataset.FromEnumerable(Enumerable.Range(0, Lengths.Length).Select(number => new Sample(Tensor.From(TokensOf(number)), Tensor.Scalar(number))).ToArray());

    private static int[] Numbers(Batch batch) => batch.Targets!.ToArray<int>();
}
