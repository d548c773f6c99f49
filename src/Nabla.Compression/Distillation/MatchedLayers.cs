using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>The parts of a student that are to give what parts of its teacher give.</summary>
internal sealed class MatchedLayers
{
    private readonly Sequential student;
    private readonly Teacher teacher;
    private readonly Match[] hidden;
    private readonly Match[] attentions;

    public MatchedLayers(Sequential student, Teacher teacher, DistillationOptions options, Func<string, Dense, Shape, RandomKey, Dense> register)
    {
        (this.student, this.teacher) = (student, teacher);
        hidden = [.. options.HiddenStates.Select(Find)];
        attentions = [.. options.Attentions.Select(Find)];
        if (IsEmpty)
        {
            return;
        }

        (Seen ofStudent, Seen ofTeacher) = Look();
        RandomKey key = RandomKey.FromSeed(options.Seed);
        hidden = [.. hidden.Select((match, index) => match with
        {
            Projection = Project(match, ofStudent, ofTeacher) is { } width
                ? register($"projection{index}", new Dense(width), ofStudent.Outputs[match.Student].Shape.Without(0), key.Fold(index))
                : null,
        })];
        foreach (Match match in attentions)
        {
            RequireSameMaps(match, ofStudent, ofTeacher);
        }
    }

    private bool IsEmpty => hidden.Length + attentions.Length == 0;

    /// <summary>Runs the student, and where parts are matched the teacher too, and adds the differences to the loss.</summary>
    /// <param name="input">What the student is given.</param>
    /// <param name="context">The pass, which trains.</param>
    /// <param name="answers">What the teacher answered, if it was asked.</param>
    /// <returns>What the student answered.</returns>
    public Tensor Compute(Tensor input, ForwardContext context, out Tensor? answers)
    {
        answers = null;
        if (IsEmpty)
        {
            return student.Forward(input, context);
        }

        Seen ofStudent = new(Parts(match => match.Student), context.Observer);
        Tensor outputs = student.Forward(input, context.WithObserver(ofStudent));
        Seen ofTeacher = new(Parts(match => match.Teacher), outer: null);
        answers = teacher.Answer(input, ofTeacher);
        foreach (Match match in hidden)
        {
            Tensor state = ofStudent.Outputs[match.Student];
            context.AddLoss(MeanSquare((match.Projection?.Forward(state, context) ?? state) - ofTeacher.Outputs[match.Teacher]) * match.Weight);
        }

        foreach (Match match in attentions)
        {
            context.AddLoss(Difference(match, ofStudent, ofTeacher) * match.Weight);
        }

        return outputs;
    }

    private static Tensor Difference(Match match, Seen ofStudent, Seen ofTeacher)
    {
        if (match.Student is not MultiHeadAttention)
        {
            Tensor maps = AttentionMaps.OfFeatures(ofStudent.Outputs[match.Student]) - AttentionMaps.OfFeatures(ofTeacher.Outputs[match.Teacher]);
            return maps.Square().Sum([1]);
        }

        Tensor one = ofStudent.Weights[match.Student];
        Tensor other = ofTeacher.Weights[match.Teacher];
        return one.Shape == other.Shape ? MeanSquare(one - other) : MeanSquare(one.Mean([2]) - other.Mean([2]));
    }

    private static Tensor MeanSquare(Tensor difference) => difference.Square().Reshape(difference.Shape[0], -1).Mean([1]);

    // The width that the student's states are brought to; null where they have it.
    private static int? Project(Match match, Seen ofStudent, Seen ofTeacher)
    {
        Shape one = ofStudent.Outputs[match.Student].Shape;
        Shape other = ofTeacher.Outputs[match.Teacher].Shape;
        return one.Rank != other.Rank || one.Without(-1) != other.Without(-1)
            ? throw Unfit(match, one, other, "hidden states that differ in the last axis alone")
            : one[-1] == other[-1] ? null : other[-1];
    }

    private static void RequireSameMaps(Match match, Seen ofStudent, Seen ofTeacher)
    {
        bool areAttentions = match.Student is MultiHeadAttention;
        if (areAttentions != match.Teacher is MultiHeadAttention)
        {
            throw new ArgumentException($"Attention is matched between two MultiHeadAttentions or two layers of features, but got {match.Student.Label} and {match.Teacher.Label}.");
        }

        Shape one = (areAttentions ? ofStudent.Weights[match.Student] : ofStudent.Outputs[match.Student]).Shape;
        Shape other = (areAttentions ? ofTeacher.Weights[match.Teacher] : ofTeacher.Outputs[match.Teacher]).Shape;
        bool fits = areAttentions ? one[1] == other[1] && one[3] == other[3] : one.Rank > 2 && one.Rank == other.Rank && one.Without(-1) == other.Without(-1);
        if (!fits)
        {
            throw Unfit(match, one, other, areAttentions ? "as many steps in both" : "features [batch, places ..., channels] of the same places");
        }
    }

    private static ArgumentException Unfit(Match match, Shape one, Shape other, string expected) => new(
        $"To match {match.Student.Label} of the student with {match.Teacher.Label} of the teacher takes {expected}, but they give {one} and {other}.");

    private static Match Find(Module student, Module teacher, LayerMatch match) =>
        new(ModuleNames.Find(student, match.Student, "student"), ModuleNames.Find(teacher, match.Teacher, "teacher"), match.Weight, Projection: null);

    private Match Find(LayerMatch match) => Find(student, teacher.Module, match);

    private HashSet<Module> Parts(Func<Match, Module> part) => [.. hidden.Concat(attentions).Select(part)];

    // What both give for one sample of zeros.
    private (Seen Student, Seen Teacher) Look()
    {
        Tensor input = Tensor.Zeros([1, .. student.InputShape], student.InputType);
        Seen ofStudent = new(Parts(match => match.Student), outer: null);
        student.Forward(input, ForwardContext.Inference.WithObserver(ofStudent));
        Seen ofTeacher = new(Parts(match => match.Teacher), outer: null);
        teacher.Answer(input, ofTeacher);
        return (ofStudent, ofTeacher);
    }

    private sealed record Match(Module Student, Module Teacher, double Weight, Dense? Projection);

    /// <summary>Keeps what some modules give in a pass.</summary>
    private sealed class Seen(HashSet<Module> parts, ForwardObserver? outer) : ForwardObserver
    {
        /// <summary>Their outputs.</summary>
        public Dictionary<Module, Tensor> Outputs { get; } = [];

        /// <summary>Of attentions, the weights.</summary>
        public Dictionary<Module, Tensor> Weights { get; } = [];

        public override void Enter(Module module) => outer?.Enter(module);

        public override void Attend(Module module, Func<Tensor> weights)
        {
            outer?.Attend(module, weights);
            if (parts.Contains(module))
            {
                Weights[module] = weights();
            }
        }

        public override void Leave(Module module, Tensor output)
        {
            outer?.Leave(module, output);
            if (parts.Contains(module))
            {
                Outputs[module] = output;
            }
        }
    }
}
