import type {RememberedAnswers} from '../domain/answers/wizard-answers.ts';

/** Answers of the wizard that are proposed next time. Never decides an unattended run. */
export interface AnswerMemory {
	read(): Promise<RememberedAnswers>;
	/** What is left out stays as it was. */
	write(answers: RememberedAnswers): Promise<void>;
}
