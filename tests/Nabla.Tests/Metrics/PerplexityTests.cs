using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

public sealed class PerplexityTests
{
    [Fact]
    public void A_model_that_knows_nothing_wavers_between_all_classes()
    {
        Perplexity perplexity = new();
        perplexity.Update(Tensor.Zeros([2, 3, 7]), Tensor.From([1, 2, 3, 4, 5, 6], [2, 3]));
        Assert.Equal(7, perplexity.Value, 1e-5);
    }

    [Fact]
    public void The_exponential_of_the_mean_over_counted_tokens_of_all_batches_equals_the_naive_one()
    {
        float[] logits = RandomKey.FromSeed(1).Normal([4, 5, 6]).ToArray<float>();
        int[] targets = [.. Enumerable.Range(0, 20).Select(index => index % 3 == 0 ? 0 : 1 + (index % 5))];
        double[] weights = [1, 0.5, 2, 1];
        (double sum, double total) = (0, 0);
        for (int row = 0; row < targets.Length; row++)
        {
            double[] scores = [.. logits[(row * 6)..((row + 1) * 6)]];
            if (targets[row] != 0)
            {
                sum += weights[row / 5] * (Math.Log(scores.Sum(Math.Exp)) - scores[targets[row]]);
                total += weights[row / 5];
            }
        }

        Perplexity perplexity = new(ignoreIndex: 0);
        for (int batch = 0; batch < 2; batch++)
        {
            perplexity.Update(
                Tensor.From(logits[(batch * 60)..((batch + 1) * 60)], [2, 5, 6]),
                Tensor.From(targets[(batch * 10)..((batch + 1) * 10)], [2, 5]),
                Tensor.From(weights[(batch * 2)..((batch + 1) * 2)], [2]));
        }

        Assert.Equal(Math.Exp(sum / total), perplexity.Value, 1e-5);
        Perplexity restored = new(ignoreIndex: 0);
        restored.RestoreState(perplexity.SaveState());
        Assert.Equal(perplexity.Value, restored.Value);
        perplexity.Reset();
        Assert.True(double.IsNaN(perplexity.Value));
    }

    [Fact]
    public void Probabilities_give_what_their_logits_give()
    {
        Tensor logits = RandomKey.FromSeed(2).Normal([3, 4]);
        Tensor targets = Tensor.From([0, 3, 1], [3]);
        (Perplexity ofLogits, Perplexity ofProbabilities) = (new Perplexity(), new Perplexity(fromLogits: false));
        ofLogits.Update(logits, targets);
        ofProbabilities.Update(Tensor.From(logits.Softmax().ToArray<float>(), [3, 4]), targets);
        Assert.Equal(ofLogits.Value, ofProbabilities.Value, 1e-5);
    }

    [Fact]
    public void Targets_that_do_not_fit_are_refused_by_name()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Perplexity().Update(Tensor.Zeros([2, 3, 7]), Tensor.From([1, 2], [2])));
        Assert.StartsWith("perplexity expects outputs [batch, ..., classes]", error.Message, StringComparison.Ordinal);
    }
}
