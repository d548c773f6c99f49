using Nabla.Layers;
using Nabla.Transforms;

namespace Nabla.Training;

/// <summary>What one pass of a step gave: forwards through the model and back.</summary>
/// <param name="Objective">What is made small: the loss and the penalties.</param>
/// <param name="Loss">The mean loss by weight.</param>
/// <param name="Outputs">What the model answered.</param>
/// <param name="Gradients">Of the objective, for each parameter.</param>
/// <param name="Updates">The values that parameters are to have which no gradient changes.</param>
internal sealed record Pass(Tensor Objective, Tensor Loss, Tensor Outputs, ParameterGradient[] Gradients, IReadOnlyList<KeyValuePair<Parameter, Tensor>> Updates);

/// <summary>Computes passes.</summary>
internal interface IPassFunction
{
    /// <summary>Computes a pass. Its tensors are valid until the next one.</summary>
    /// <param name="input">What the model is given, <c>[batch, ...]</c>.</param>
    /// <param name="targets">What it should answer.</param>
    /// <param name="shares">The part of each sample in the mean, <c>[batch]</c>.</param>
    /// <param name="key">Where random layers take their numbers from.</param>
    /// <param name="penalties">Whether the regularizers' penalties are added.</param>
    Pass Run(Tensor input, Tensor targets, Tensor shares, RandomKey key, bool penalties);
}
