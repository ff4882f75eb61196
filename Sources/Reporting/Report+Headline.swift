extension Report {
    /// The verdict and its first reason on one line: "FAULTY · freeze-on-pmi: 10 branches lost at each PMI, …".
    public var headline: String { "\(Summary.word(self)) · \(Summary.sentence(self))" }
}
