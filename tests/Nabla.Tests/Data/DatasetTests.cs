using CsCheck;
using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class DatasetTests
{
    private static readonly Tensor Inputs = Tensor.From<float>([.. Enumerable.Range(0, 20).Select(value => (float)value)], [10, 2]);
    private static readonly Tensor Targets = Tensor.From<int>([.. Enumerable.Range(0, 10)], [10]);
    private static readonly Tensor Weights = Tensor.From<double>([.. Enumerable.Range(0, 10).Select(value => value / 10.0)], [10]);

    [Fact]
    public void Batches_hold_the_rows_of_the_tensors()
    {
        Dataset<Batch> batches = Dataset.FromTensors(Inputs, Targets, Weights).Batch(4);
        Batch[] read = [.. batches.Epoch(0)];
        Assert.Equal(3, batches.Count);
        Assert.Equal([4, 4, 2], read.Select(batch => batch.Count));
        Assert.Equal([4, 2], read[1].Input.Shape);
        Assert.Equal([8f, 9, 10, 11, 12, 13, 14, 15], read[1].Input.ToArray<float>());
        Assert.Equal([8, 9], read[2].Targets!.ToArray<int>());
        Assert.Equal([0.8, 0.9], read[2].Weights!.ToArray<double>());
    }

    [Fact]
    public void A_last_batch_that_is_not_full_can_be_dropped()
    {
        Dataset<Batch> batches = Dataset.FromTensors(Inputs).Batch(4, dropRemainder: true);
        Assert.Equal(2, batches.Count);
        Assert.Equal(2, batches.Epoch(0).Count());
        Assert.Null(batches.Epoch(0).First().Targets);
        Assert.Equal(2, Dataset.FromEnumerable(Stream(10).Select(number => new Sample(Scalar(number)))).Batch(4, true).Epoch(0).Count());
    }

    [Fact]
    public void A_shuffled_epoch_holds_each_element_once_in_an_order_of_its_own()
    {
        Dataset<int> numbers = Numbers(1000).Shuffle(seed: 7);
        int[] first = [.. numbers.Epoch(0)];
        int[] second = [.. numbers.Epoch(1)];
        Assert.Equal(Enumerable.Range(0, 1000), first.Order());
        Assert.Equal(Enumerable.Range(0, 1000), second.Order());
        Assert.NotEqual(first, second);
        Assert.Equal(first, numbers.Epoch(0));
        Assert.NotEqual(first, Numbers(1000).Shuffle(seed: 8).Epoch(0));
    }

    [Fact]
    public void Every_order_of_three_is_as_likely()
    {
        Dictionary<string, int> counts = [];
        Dataset<int> numbers = Numbers(3).Shuffle(seed: 1);
        for (int epoch = 0; epoch < 6000; epoch++)
        {
            string order = string.Concat(numbers.Epoch(epoch));
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void Shuffled_inputs_keep_their_targets_and_weights()
    {
        foreach (Batch batch in Dataset.FromTensors([Inputs, Targets], Targets, Weights).Shuffle(1).Batch(3).Epoch(5))
        {
            int[] targets = batch.Targets!.ToArray<int>();
            Assert.Equal(targets.SelectMany(target => new float[] { 2 * target, (2 * target) + 1 }), batch.Inputs[0].ToArray<float>());
            Assert.Equal(targets, batch.Inputs[1].ToArray<int>());
            Assert.Equal(targets.Select(target => target / 10.0), batch.Weights!.ToArray<double>());
        }
    }

    [Fact]
    public void Every_pipeline_resumes_at_every_element()
    {
        Dataset<int> indexed = Numbers(23);
        Dataset<int> streamed = Dataset.FromEnumerable(Stream(23));
        foreach (Dataset<int> source in new[] { indexed, streamed })
        {
            Dataset<int>[] pipelines =
            [
                source, source.Map(number => number * 2), source.Shuffle(3), source.Shuffle(3).Map(number => -number).Take(11), source.Skip(5).Take(7),
                source.Shuffle(1).Repeat(3), source.Shuffle(1).Repeat(2).Skip(20).Prefetch(2), source.Prefetch(3).Take(9), source.Cache().Split(0.3, 1).Second,
                source.Prefetch(1).Shuffle(4), source.Take(100).Skip(22), source.Skip(100), source.Take(0), source.Cache().Select([4, 4, 0]).Shuffle(2),
            ];
            foreach (Dataset<int> pipeline in pipelines)
            {
                AssertResumes(pipeline, epoch: 2);
            }
        }
    }

    [Fact]
    public void Batches_resume_at_every_batch()
    {
        Dataset<Sample> rows = Dataset.FromTensors(Inputs, Targets);
        Dataset<Sample> samples = Dataset.FromEnumerable(Stream(10).Select(number => new Sample(Scalar(number), Scalar(number))));
        foreach (Dataset<Batch> batches in new[] { rows.Shuffle(1).Batch(3), rows.Shuffle(1).Batch(3, true).Prefetch(2), samples.Batch(4), samples.Prefetch(1).Batch(4) })
        {
            AssertResumes(batches.Map(batch => string.Join(",", batch.Targets!.ToArray<int>())), epoch: 3);
        }
    }

    [Fact]
    public void Rows_and_samples_of_their_own_make_the_same_batches()
    {
        Dataset<Sample> rows = Dataset.FromTensors(Inputs, Targets, Weights);
        Batch[] gathered = [.. rows.Shuffle(9).Batch(4).Epoch(1)];
        Batch[] stacked = [.. rows.Map(sample => sample with { }).Shuffle(9).Batch(4).Epoch(1)];
        Assert.Equal(gathered.Length, stacked.Length);
        foreach ((Batch left, Batch right) in gathered.Zip(stacked))
        {
            Assert.Equal(left.Input.Shape, right.Input.Shape);
            Assert.Equal(left.Input.ToArray<float>(), right.Input.ToArray<float>());
            Assert.Equal(left.Targets!.ToArray<int>(), right.Targets!.ToArray<int>());
            Assert.Equal(left.Weights!.ToArray<double>(), right.Weights!.ToArray<double>());
        }
    }

    [Fact]
    public void Take_skip_and_repeat_count_and_deliver_as_sequences_do() =>
        Gen.Select(Gen.Int[0, 12], Gen.Int[0, 15], Gen.Int[0, 15], Gen.Int[1, 3], Gen.Bool).Sample((count, skip, take, times, indexed) =>
        {
            Dataset<int> source = indexed ? Numbers(count) : Dataset.FromEnumerable(Stream(count));
            Dataset<int> pipeline = source.Skip(skip).Take(take).Repeat(times);
            int[] once = [.. Enumerable.Range(0, count).Skip(skip).Take(take)];
            int[] expected = [.. Enumerable.Repeat(once, times).SelectMany(pass => pass)];
            Assert.Equal(expected, pipeline.Epoch(4));
            Assert.Equal(indexed ? expected.Length : null, pipeline.Count);
            Assert.Equal(expected.Skip(3), pipeline.Epoch(4, start: 3));
        });

    [Fact]
    public void Each_repeated_pass_has_an_order_of_its_own()
    {
        int[] read = [.. Numbers(50).Shuffle(1).Repeat(2).Epoch(0)];
        Assert.Equal(Enumerable.Range(0, 50), read[..50].Order());
        Assert.Equal(Enumerable.Range(0, 50), read[50..].Order());
        Assert.NotEqual(read[..50], read[50..]);
    }

    [Fact]
    public void A_split_is_disjoint_complete_and_the_same_in_every_epoch() =>
        Gen.Select(Gen.Int[2, 200], Gen.Double[0.01, 0.99], Gen.Long).Sample((count, fraction, seed) =>
        {
            (Dataset<int> train, Dataset<int> validation) = Numbers(count).TrainValidationSplit(fraction, seed);
            Assert.Equal(Enumerable.Range(0, count), train.Epoch(0).Concat(validation.Epoch(0)).Order());
            Assert.Equal(train.Epoch(0), train.Epoch(9));
            Assert.Equal(Math.Clamp((int)Math.Round(count * fraction), 1, count - 1), validation.Count);
        });

    [Fact]
    public void A_split_of_a_stream_says_what_to_do()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Dataset.FromEnumerable(Stream(5)).Split(0.5, 1));
        Assert.Contains("call Cache() before", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Numbers(5).Split(1, 1));
        Assert.Throws<ArgumentException>(() => Numbers(1).Split(0.5, 1));
    }

    [Fact]
    public void A_cache_reads_its_source_once()
    {
        int reads = 0;
        Dataset<int> cached = Dataset.FromEnumerable(Stream(5)).Map(number =>
        {
            reads++;
            return number;
        }).Cache();
        Assert.Equal(cached.Epoch(0), cached.Epoch(1));
        Assert.Equal(5, reads);
    }

    [Fact]
    public void Skipped_elements_of_a_list_are_not_computed()
    {
        int computed = 0;
        Dataset<int> numbers = Numbers(100).Shuffle(1).Map(number =>
        {
            computed++;
            return number;
        });
        _ = numbers.Epoch(0, start: 98).ToArray();
        Assert.Equal(2, computed);
    }

    [Fact]
    public void Tensors_with_different_rows_are_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Dataset.FromTensors(Inputs, Tensor.From<int>([1, 2], [2])));
        Assert.Contains("but got [10, 2], [2]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_of_different_shapes_make_no_batch()
    {
        Sample[] samples = [new(Scalar(1), Scalar(2)), new(Scalar(1), Tensor.From<int>([1], [1]))];
        ArgumentException error = Assert.Throws<ArgumentException>(() => Dataset.FromEnumerable(samples).Batch(2).Epoch(0).ToArray());
        Assert.Contains("the target of sample 0 is int32[] and that of sample 1 is int32[1]", error.Message, StringComparison.Ordinal);
    }

    private static Dataset<int> Numbers(int count) => Dataset.FromEnumerable((int[])[.. Enumerable.Range(0, count)]);

    // A sequence that nothing but enumeration tells the length of.
    private static IEnumerable<int> Stream(int count)
    {
        for (int number = 0; number < count; number++)
        {
            yield return number;
        }
    }

    private static Tensor Scalar(int value) => Tensor.From<int>([value], []);

    private static void AssertResumes<T>(Dataset<T> dataset, int epoch)
    {
        T[] whole = [.. dataset.Epoch(epoch)];
        Assert.True(dataset.Count is null || dataset.Count == whole.Length);
        for (int start = 0; start <= whole.Length + 1; start++)
        {
            Assert.Equal(whole.Skip(start), dataset.Epoch(epoch, start));
        }
    }
}
