using TorchSharp;
using static TorchSharp.torch.nn;

namespace Nabla.Conformance.Golden;

/// <summary>Losses of each sample; their targets are the last input and have no gradient.</summary>
internal static class LossGolden
{
    private const Reduction None = Reduction.None;

    public static void Record(GoldenRecorder file)
    {
        RecordRegression(file);
        RecordYesAndNo(file);
        RecordClasses(file);
        Record(file, "cosine similarity", GoldenRecorder.Normal(4, 5), GoldenRecorder.Normal(4, 5), (x, y) => 1 - functional.cosine_similarity(x, y, 1));
        Record(
            file, "Kullback-Leibler", GoldenRecorder.Normal(4, 5), Distributions(4, 5),
            (x, y) => functional.kl_div(functional.log_softmax(x, 1), y, log_target: false, reduction: None).sum([1]));
    }

    private static void RecordRegression(GoldenRecorder file)
    {
        Record(file, "mean squared error", GoldenRecorder.Normal(4, 3), GoldenRecorder.Normal(4, 3), (x, y) => functional.mse_loss(x, y, None).mean([1]));
        Record(file, "mean absolute error", GoldenRecorder.Normal(4, 3), GoldenRecorder.Normal(4, 3), (x, y) => functional.l1_loss(x, y, None).mean([1]));
        Record(file, "Huber", GoldenRecorder.Normal(4, 3) * 2, GoldenRecorder.Normal(4, 3), (x, y) => functional.huber_loss(x, y, 0.8, None).mean([1]));
        Record(file, "log-cosh", GoldenRecorder.Normal(4, 3), GoldenRecorder.Normal(4, 3), (x, y) => (x - y).cosh().log().mean([1]));
        Record(file, "Poisson", GoldenRecorder.Uniform(0.2, 5, 4, 3), GoldenRecorder.Uniform(0, 6, 4, 3).floor(), (x, y) => (x - (y * x.log())).mean([1]));
    }

    private static void RecordYesAndNo(GoldenRecorder file)
    {
        Record(file, "binary cross-entropy", GoldenRecorder.Uniform(0.05, 0.95, 4, 3), Truths(4, 3), (x, y) => functional.binary_cross_entropy(x, y, reduction: None).mean([1]));
        Record(file, "binary cross-entropy of logits", GoldenRecorder.Normal(4, 3) * 5, Truths(4, 3), (x, y) => OfLogits(x, y).mean([1]));
        Record(
            file, "binary cross-entropy with positive weight 3", GoldenRecorder.Normal(4, 3), Truths(4, 3),
            (x, y) => functional.binary_cross_entropy_with_logits(x, y, reduction: None, pos_weights: torch.tensor(3.0)).mean([1]));
        Record(file, "binary cross-entropy with smoothing", GoldenRecorder.Normal(4, 3), Truths(4, 3), (x, y) => OfLogits(x, (y * 0.8) + 0.1).mean([1]));
        Record(file, "binary focal", GoldenRecorder.Normal(4, 3), Truths(4, 3), (x, y) => Focal(x, y, gamma: 2, alpha: 0.25).mean([1]));
        Record(file, "hinge", GoldenRecorder.Normal(4, 3), (Truths(4, 3) * 2) - 1, (x, y) => functional.relu(1 - (x * y)).mean([1]));
        Record(file, "squared hinge", GoldenRecorder.Normal(4, 3), (Truths(4, 3) * 2) - 1, (x, y) => functional.relu(1 - (x * y)).square().mean([1]));
    }

    private static void RecordClasses(GoldenRecorder file)
    {
        torch.Tensor labels = torch.tensor([2L, 0, 4, 2]);
        torch.Tensor weights = torch.tensor([0.5, 2.0, 1.0, 0.25, 4.0]);
        Record(file, "sparse cross-entropy", GoldenRecorder.Normal(4, 5) * 3, labels, (x, y) => functional.cross_entropy(x, y, reduction: None));
        Record(file, "sparse cross-entropy behind a softmax", GoldenRecorder.Normal(4, 5), labels, (x, y) => functional.cross_entropy(x, y, reduction: None));
        Record(file, "sparse cross-entropy with smoothing", GoldenRecorder.Normal(4, 5), labels, (x, y) => functional.cross_entropy(x, y, label_smoothing: 0.2, reduction: None));
        Record(file, "sparse cross-entropy with class weights", GoldenRecorder.Normal(4, 5), labels, (x, y) => functional.cross_entropy(x, y, weights, reduction: None));
        Record(file, "sparse cross-entropy that ignores class 2", GoldenRecorder.Normal(4, 5), labels, (x, y) => functional.cross_entropy(x, y, ignore_index: 2, reduction: None));
        Record(file, "cross-entropy", GoldenRecorder.Normal(4, 5), Distributions(4, 5), (x, y) => functional.cross_entropy(x, y, reduction: None));
        Record(file, "cross-entropy with smoothing", GoldenRecorder.Normal(4, 5), Distributions(4, 5), (x, y) => functional.cross_entropy(x, y, label_smoothing: 0.2, reduction: None));
    }

    private static void Record(GoldenRecorder file, string name, torch.Tensor outputs, torch.Tensor targets, Func<torch.Tensor, torch.Tensor, torch.Tensor> loss) =>
        file.Record(name, [outputs, targets], x => loss(x[0], x[1]), constants: 1);

    private static torch.Tensor OfLogits(torch.Tensor x, torch.Tensor y) => functional.binary_cross_entropy_with_logits(x, y, reduction: None);

    private static torch.Tensor Focal(torch.Tensor x, torch.Tensor y, double gamma, double alpha)
    {
        torch.Tensor right = (x.sigmoid() * y) + ((1 - x.sigmoid()) * (1 - y));
        return OfLogits(x, y) * (1 - right).pow(gamma) * ((alpha * y) + ((1 - alpha) * (1 - y)));
    }

    private static torch.Tensor Truths(params long[] shape) => (GoldenRecorder.Normal(shape) > 0).to(torch.float64);

    private static torch.Tensor Distributions(params long[] shape) => GoldenRecorder.Normal(shape).softmax(-1);
}
