using Nabla.Formats;
using Nabla.Peers;
using TorchSharp;

namespace Nabla.Conformance.Golden;

/// <summary>
/// Collects cases of one file. A case holds <c>input0</c>, <c>input1</c>, ... and <c>output</c>; if that is differentiable also a
/// <c>cotangent</c> of its shape and <c>gradient0</c>, <c>gradient1</c>, ... of the sum of output times cotangent, for each input that has one.
/// Everything is computed in float64 from inputs that float32 can hold, and lies in Nabla's layouts.
/// </summary>
internal sealed class GoldenRecorder
{
    private readonly List<KeyValuePair<string, Tensor>> tensors = [];

    public int Cases { get; private set; }

    /// <summary>Normally distributed numbers that float32 can hold.</summary>
    public static torch.Tensor Normal(params long[] shape) => torch.randn(shape, torch.float32).to(torch.float64);

    /// <summary>Numbers from a range.</summary>
    public static torch.Tensor Uniform(double low, double high, params long[] shape) => (torch.rand(shape, torch.float64) * (high - low)) + low;

    /// <summary>Runs a function of libtorch on inputs, forward and backward.</summary>
    /// <param name="name">The name of the case.</param>
    /// <param name="inputs">What the function gets.</param>
    /// <param name="function">What is computed.</param>
    /// <param name="constants">How many inputs, counted from the last, have no gradient: targets of a loss.</param>
    public void Record(string name, torch.Tensor[] inputs, Func<torch.Tensor[], torch.Tensor> function, int constants = 0)
    {
        torch.Tensor[] leaves =
        [
            .. inputs.Select((input, index) => Representable(input).requires_grad_(input.is_floating_point() && index < inputs.Length - constants)),
        ];
        torch.Tensor output = function(leaves);
        Cases++;
        for (int index = 0; index < leaves.Length; index++)
        {
            Add($"{name}/input{index}", Narrow(leaves[index]));
        }

        Add($"{name}/output", Integers(output));
        if (output.requires_grad)
        {
            RecordGradients(name, leaves, output);
        }
    }

    /// <summary>Adds a tensor as it is.</summary>
    public void Add(string name, torch.Tensor tensor) => tensors.Add(new(name, tensor.ToNabla()));

    /// <summary>Counts a case whose tensors were added one by one.</summary>
    public void CountCase() => Cases++;

    public void Save(string path) => Safetensors.Write(path, tensors, new Dictionary<string, string>
    {
        ["program"] = "tests/Nabla.Conformance golden",
        ["version"] = $"TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)}, libtorch {torch.__version__}",
    });

    private void RecordGradients(string name, torch.Tensor[] leaves, torch.Tensor output)
    {
        torch.Tensor cotangent = Normal(output.shape);
        (output * cotangent).sum().backward();
        Add($"{name}/cotangent", Narrow(cotangent));
        for (int index = 0; index < leaves.Length; index++)
        {
            if (leaves[index].requires_grad)
            {
                Add($"{name}/gradient{index}", leaves[index].grad ?? torch.zeros_like(leaves[index]));
            }
        }
    }

    private static torch.Tensor Representable(torch.Tensor tensor) =>
        tensor.is_floating_point() ? tensor.detach().to(torch.float32).to(torch.float64) : tensor;

    private static torch.Tensor Narrow(torch.Tensor tensor) => tensor.is_floating_point() ? tensor.to(torch.float32) : Integers(tensor);

    private static torch.Tensor Integers(torch.Tensor tensor) => tensor.dtype == torch.int64 ? tensor.to(torch.int32) : tensor;
}
