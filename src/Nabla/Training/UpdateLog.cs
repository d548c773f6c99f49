using Nabla.Layers;

namespace Nabla.Training;

/// <summary>
/// The values that the passes of a step set without a gradient, such as running means. Each pass sees those of the passes before it; when the step
/// fails all go back.
/// </summary>
internal sealed class UpdateLog
{
    private readonly Dictionary<Parameter, Tensor> before = [];

    /// <summary>Sets what a pass asked for.</summary>
    public void Set(Parameter parameter, Tensor value)
    {
        before.TryAdd(parameter, parameter.Original);
        parameter.Value = value;
    }

    /// <summary>Puts all values back.</summary>
    public void Undo()
    {
        foreach ((Parameter parameter, Tensor value) in before)
        {
            parameter.Value = value;
        }
    }
}
