namespace Nabla.Compression;

/// <summary>A part of a student that is to give what a part of its teacher gives.</summary>
/// <param name="Student">The dotted name of a module of the student, such as <c>2</c> or <c>encoder.1</c>.</param>
/// <param name="Teacher">The dotted name of a module of the teacher.</param>
public sealed record LayerMatch(string Student, string Teacher)
{
    /// <summary>How much the difference counts in what training makes small; above 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">0 or less, or not finite.</exception>
    public double Weight { get; init => field = Limits.Positive(value, nameof(Weight)); } = 1;
}

/// <summary>What a student learns from its teacher.</summary>
public sealed record DistillationOptions
{
    /// <summary>
    /// How soft answers are made before they are compared: logits of both are divided by it, so that a student sees how alike the teacher finds the wrong
    /// classes; above 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">0 or less, or not finite.</exception>
    public double Temperature { get; init => field = Limits.Positive(value, nameof(Temperature)); } = 4;

    /// <summary>The share of the teacher's answers in the loss, from 0 to 1; the rest is that of the labels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public double Alpha { get; init => field = Limits.Share(value, nameof(Alpha)); } = 0.9;

    /// <summary>
    /// Whether answers are numbers, not classes: then the square of the difference to the teacher's answer stands for the soft targets, and temperature has
    /// no meaning.
    /// </summary>
    public bool AnswersAreNumbers { get; init; }

    /// <summary>Whether the student answers with logits, as <c>fromLogits</c> of the losses says; by default with probabilities.</summary>
    public bool FromLogits { get; init; }

    /// <summary>Whether the teacher answers with logits; null to take its answers for probabilities where they come from a softmax, else for logits.</summary>
    public bool? TeacherFromLogits { get; init; }

    /// <summary>What a teacher is given for the student's input, such as images with their channels first; null for the same.</summary>
    public Func<Tensor, Tensor>? TeacherInput { get; init; }

    /// <summary>
    /// Hidden states that are compared by the mean square of their difference, through a learnt product where the teacher's are of another width (Romero et
    /// al., FitNets: Hints for Thin Deep Nets, 2015, arXiv 1412.6550).
    /// </summary>
    public IReadOnlyList<LayerMatch> HiddenStates { get; init; } = [];

    /// <summary>
    /// Where the parts look. Of a <see cref="Layers.MultiHeadAttention"/> the matrices of weights are compared by the mean square of their difference (Jiao et
    /// al., TinyBERT, 2020, arXiv 1909.10351), over the mean of the heads where their numbers differ; of features <c>[batch, height, width, channels]</c> the
    /// maps of energy over the places, each of length 1, by the sum of squares (Zagoruyko and Komodakis, Paying More Attention to Attention, 2017,
    /// arXiv 1612.03928).
    /// </summary>
    public IReadOnlyList<LayerMatch> Attentions { get; init; } = [];

    /// <summary>
    /// Whether the teacher answers each sample once, before training, see <see cref="Distillation.Prepare"/>: faster, but samples must not change from epoch
    /// to epoch. Otherwise it answers each batch, augmented as the student sees it.
    /// </summary>
    public bool CachesAnswers { get; init; }

    /// <summary>Where the first values of the products for hidden states of another width come from.</summary>
    public long Seed { get; init; } = 1;
}
