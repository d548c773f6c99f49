namespace Nabla.Data.Pipeline;

/// <summary>Makes a batch of samples that are tensors of their own.</summary>
internal static class Stacking
{
    public static Batch Stack(Sample[] samples)
    {
        int inputs = samples[0].Inputs.Count;
        return new Batch(
            [.. Enumerable.Range(0, inputs).Select(input => Stack(samples, sample => sample.Inputs.ElementAtOrDefault(input), $"input {input}")!)],
            Stack(samples, sample => sample.Target, "target"),
            Stack(samples, sample => sample.Weight, "weight"));
    }

    private static Tensor? Stack(Sample[] samples, Func<Sample, Tensor?> part, string name)
    {
        Tensor?[] tensors = Array.ConvertAll(samples, sample => part(sample));
        Tensor? first = tensors[0];
        int odd = Array.FindIndex(tensors, tensor => tensor?.Shape != first?.Shape || tensor?.DataType != first?.DataType);
        if (odd >= 0)
        {
            throw new ArgumentException(
                $"The samples of a batch must be of one shape and type, but the {name} of sample 0 is {Describe(first)} and that of sample {odd} is {Describe(tensors[odd])}.");
        }

        return first is null ? null : Tensor.Create(new TensorType(first.DataType, [samples.Length, .. first.Shape]), bytes => Copy(tensors!, bytes));
    }

    private static void Copy(Tensor[] tensors, Span<byte> target)
    {
        int size = target.Length / tensors.Length;
        for (int index = 0; index < tensors.Length; index++)
        {
            tensors[index].AsBytes().CopyTo(target[(index * size)..]);
        }
    }

    private static string Describe(Tensor? tensor) => tensor is null ? "missing" : $"{tensor.DataType.Label}{tensor.Shape}";
}
