namespace Nabla.Data.Pipeline;

/// <summary>Makes the tokens of samples equally long: cuts off what they were filled up with, or fills them up.</summary>
/// <param name="length">The tokens of each row afterwards.</param>
/// <param name="targetPadding">What targets are filled up with.</param>
/// <param name="targetsFollow">Whether each token has a target.</param>
internal sealed class Filling(int length, int targetPadding, bool targetsFollow)
{
    public Sample Fill(Sample sample) => sample with
    {
        Inputs = [.. sample.Inputs.Select(input => Fill(input, TextPreprocessing.PaddingId))],
        Target = targetsFollow ? Fill(sample.Target!, targetPadding) : sample.Target,
    };

    private Tensor Fill(Tensor tokens, int padding)
    {
        int width = tokens.Shape[-1];
        if (width == length)
        {
            return tokens;
        }

        int[] filled = new int[tokens.Shape.Without(-1).ElementCount * length];
        filled.AsSpan().Fill(padding);
        ReadOnlySpan<int> values = tokens.AsSpan<int>();
        for (int row = 0; row * length < filled.Length; row++)
        {
            values.Slice(row * width, Math.Min(width, length)).CopyTo(filled.AsSpan(row * length));
        }

        return Tensor.From(filled, tokens.Shape.With(-1, length));
    }
}
