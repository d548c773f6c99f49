using Nabla.Layers;
using Nabla.Losses;
using Nabla.Transforms;

namespace Nabla.Compression;

/// <summary>What is learnt from: a module that computes as in use, of which no gradient is taken and no parameter is trained.</summary>
internal sealed class Teacher(Module module, DistillationOptions options)
{
    /// <summary>The module.</summary>
    public Module Module => module;

    /// <summary>The answers, <c>[batch, ..., classes]</c>: logits, or numbers where answers are numbers.</summary>
    /// <param name="input">What the student is given, <c>[batch, ...]</c>.</param>
    /// <param name="observer">Follows the pass; null for nobody.</param>
    public Tensor Answer(Tensor input, ForwardObserver? observer = null) => Tape.Pause(() => Parameter.Watch(_ => { }, () => LogitsOf(Forward(input, observer))));

    private Tensor Forward(Tensor input, ForwardObserver? observer) =>
        module.Forward(options.TeacherInput?.Invoke(input) ?? input, ForwardContext.Inference.WithObserver(observer));

    private Tensor LogitsOf(Tensor outputs) => options.AnswersAreNumbers || (options.TeacherFromLogits ?? outputs.SoftmaxOf is null)
        ? outputs
        : Logits.OfSoftmax(outputs);
}
