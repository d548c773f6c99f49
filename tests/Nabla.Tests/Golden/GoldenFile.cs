using Nabla.Formats;
using Nabla.Transforms;

namespace Nabla.Tests.Golden;

/// <summary>What libtorch computed for fixed inputs, in a file of this folder. Its README says how the files are made and what they hold.</summary>
internal sealed class GoldenFile(string name)
{
    private const double DoubleTolerance = 1e-10;

    private readonly SafetensorsFile tensors = Safetensors.Read(Repository.PathOf($"tests/Nabla.Tests/Golden/{name}.safetensors"));

    /// <summary>The names of the cases.</summary>
    public string[] Cases => [.. tensors.Keys.Where(key => key.EndsWith("/output", StringComparison.Ordinal)).Select(key => key[..key.LastIndexOf('/')])];

    /// <summary>The names of all tensors.</summary>
    public IEnumerable<string> Names => tensors.Keys;

    /// <summary>A tensor by its whole name.</summary>
    public Tensor this[string key] => tensors[key];

    /// <summary>Asserts that a function gives the output and the gradients of a case, in float32 and, unless it computes in nothing else, in float64.</summary>
    public void Verify(string @case, Func<Tensor[], Tensor> function, bool floatsOnly, double floatTolerance)
    {
        Verify(@case, function, DataType.Float32, floatTolerance);
        if (!floatsOnly)
        {
            Verify(@case, function, DataType.Float64, DoubleTolerance);
        }
    }

    /// <summary>Asserts that two tensors are equal but for a share of the largest element.</summary>
    public static void AssertClose(Tensor expected, Tensor actual, double tolerance, string what)
    {
        Assert.True(expected.Shape == actual.Shape, $"{what}: expected shape {expected.Shape} but got {actual.Shape}.");
        double[] wanted = expected.To(DataType.Float64).ToArray<double>(), got = actual.To(DataType.Float64).ToArray<double>();
        double allowed = tolerance * Math.Max(1, wanted.Select(Math.Abs).DefaultIfEmpty().Max());
        for (int index = 0; index < wanted.Length; index++)
        {
            Assert.True(
                Math.Abs(wanted[index] - got[index]) <= allowed,
                FormattableString.Invariant($"{what}, element {index} of {expected.Shape}: expected {wanted[index]:R} but got {got[index]:R}; allowed is {allowed:E1}."));
        }
    }

    private void Verify(string @case, Func<Tensor[], Tensor> function, DataType type, double tolerance)
    {
        Tensor[] inputs = Inputs(@case, type);
        Tensor expected = tensors[$"{@case}/output"];
        AssertClose(expected, function(inputs), tolerance, $"{@case} in {type.Label}");
        if (!tensors.TryGetValue($"{@case}/cotangent", out Tensor? cotangent))
        {
            return;
        }

        Tensor weights = cotangent.To(type);
        int[] differentiated = [.. Enumerable.Range(0, inputs.Length).Where(index => tensors.ContainsKey($"{@case}/gradient{index}"))];
        Tensor[] gradients = Gradients.ValueAndGradient(() => (function(inputs) * weights).Sum(), [.. differentiated.Select(index => inputs[index])]).Gradients;
        for (int index = 0; index < differentiated.Length; index++)
        {
            AssertClose(tensors[$"{@case}/gradient{differentiated[index]}"], gradients[index], tolerance, $"{@case}, gradient {differentiated[index]} in {type.Label}");
        }
    }

    private Tensor[] Inputs(string @case, DataType type)
    {
        List<Tensor> inputs = [];
        while (tensors.TryGetValue($"{@case}/input{inputs.Count}", out Tensor? input))
        {
            inputs.Add(input.DataType.IsFloating ? input.To(type) : input);
        }

        return [.. inputs];
    }
}
